//go:build js

// The engine of the page comes compressed with LZMA, which makes it a third smaller than
// gzip does, and which browsers cannot read: this program does, once, and ends.
package main

import (
	"bytes"
	"io"
	"syscall/js"

	"github.com/ulikunitz/xz/lzma"
)

func main() {
	done := make(chan struct{})
	js.Global().Set("lakeUnpack", js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		defer close(done)
		packed := make([]byte, arguments[0].Get("length").Int())
		js.CopyBytesToGo(packed, arguments[0])
		r, err := lzma.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil
		}
		whole, err := io.ReadAll(r)
		if err != nil {
			return nil
		}
		out := js.Global().Get("Uint8Array").New(len(whole))
		js.CopyBytesToJS(out, whole)
		return out
	}))
	<-done
}
