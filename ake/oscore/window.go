package oscore

// window is the replay window of RFC 8613 section 7.4: which of the last numbers came.
type window struct {
	known bool // what came before is known: not so after a restart
	any   bool // a number has come
	last  uint64
	seen  []bool // by number modulo the size
}

func newWindow(size int, known bool) window {
	return window{known: known, seen: make([]bool, size)}
}

// fresh reports whether the number has not come yet and is not too old.
func (w *window) fresh(n uint64) bool {
	size := uint64(len(w.seen))
	return !w.any || n > w.last || w.last-n < size && !w.seen[n%size]
}

// accept notes that the number came.
func (w *window) accept(n uint64) {
	size := uint64(len(w.seen))
	if !w.any || n > w.last {
		if w.any && n-w.last < size {
			for between := w.last + 1; between < n; between++ {
				w.seen[between%size] = false
			}
		} else {
			clear(w.seen)
		}
		w.any, w.last = true, n
	}
	w.seen[n%size] = true
}

// begin makes the number the lower limit (appendix B.1.2).
func (w *window) begin(n uint64) {
	w.known, w.any, w.last = true, true, n
	for i := range w.seen {
		w.seen[i] = true
	}
}
