package oscore

// window is the replay window of RFC 8613 section 7.4: which of the last numbers came.
type window struct {
	known bool // what came before is known: not so after a restart
	any   bool // a number has come
	last  uint64
	size  uint64
	seen  []uint64 // a bit for each number, by the number modulo the size
}

func newWindow(size int, known bool) window {
	return window{known: known, size: uint64(size), seen: make([]uint64, (size+63)/64)}
}

func (w *window) bit(n uint64) (word *uint64, mask uint64) {
	at := n % w.size
	return &w.seen[at/64], 1 << (at % 64)
}

// fresh reports whether the number has not come yet and is not too old.
func (w *window) fresh(n uint64) bool {
	word, mask := w.bit(n)
	return !w.any || n > w.last || w.last-n < w.size && *word&mask == 0
}

// accept notes that the number came.
func (w *window) accept(n uint64) {
	if !w.any || n > w.last {
		if w.any && n-w.last < w.size {
			for between := w.last + 1; between < n; between++ {
				word, mask := w.bit(between)
				*word &^= mask
			}
		} else {
			clear(w.seen)
		}
		w.any, w.last = true, n
	}
	word, mask := w.bit(n)
	*word |= mask
}

// begin makes the number the lower limit (appendix B.1.2).
func (w *window) begin(n uint64) {
	w.known, w.any, w.last = true, true, n
	for i := range w.seen {
		w.seen[i] = ^uint64(0)
	}
}
