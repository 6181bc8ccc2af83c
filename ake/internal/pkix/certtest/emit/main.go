// The command emit writes the test certificates to a folder, for tests in
// other languages:
//
//	go run ./ake/internal/pkix/certtest/emit build/certs
package main

import (
	"fmt"
	"os"

	"github.com/liblake/lake/ake/internal/pkix/certtest"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: emit FOLDER")
		os.Exit(2)
	}
	err := os.MkdirAll(os.Args[1], 0o755)
	if err == nil {
		err = certtest.Write(os.Args[1], certtest.Cases())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "emit:", err)
		os.Exit(1)
	}
}
