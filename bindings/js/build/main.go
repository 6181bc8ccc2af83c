// Command build makes the page of bindings/js: one file with all that it needs, the
// engine in it compressed and in base64, since a page from file:// may not load anything.
//
//	go run ./bindings/js/build bindings/js FOLDER
//
// lake.wasm and unpack.wasm are in the folder already. Besides lake.html it puts lake.js, lake.d.ts and Go's wasm_exec.js into the folder, for
// other pages.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// maxEngine is the most that the engine may have compressed, in bytes.
const maxEngine = 3_000_000

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: build bindings/js FOLDER")
		os.Exit(2)
	}
	if err := build(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "page:", err)
		os.Exit(1)
	}
}

func build(source, folder string) error {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for name, path := range map[string]string{
		"page.html": filepath.Join(source, "page/page.html"), "page.css": filepath.Join(source, "page/page.css"),
		"page.js": filepath.Join(source, "page/page.js"), "lake.js": filepath.Join(source, "lake.js"), "lake.d.ts": filepath.Join(source, "lake.d.ts"),
		"wasm_exec.js": filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"), "lake.wasm": filepath.Join(folder, "lake.wasm"),
		"unpack.wasm": filepath.Join(folder, "unpack.wasm"),
	} {
		if files[name], err = os.ReadFile(path); err != nil {
			return err
		}
	}
	// The command xz, as no library in Go compresses as well.
	command := exec.Command("xz", "--format=lzma", "-9e", "--stdout")
	command.Stdin, command.Stderr = bytes.NewReader(files["lake.wasm"]), os.Stderr
	engine, err := command.Output()
	if err != nil {
		return fmt.Errorf("xz: %w", err)
	}
	unpacker, err := gzipped(files["unpack.wasm"])
	if err != nil {
		return err
	}
	size := len(engine) + len(unpacker)
	if size > maxEngine {
		return fmt.Errorf("the engine has %d bytes compressed, and the limit is %d", size, maxEngine)
	}
	// In the page, everything is one script.
	script := strings.Replace(string(files["lake.js"]), "export async function", "async function", 1) + string(files["page.js"])
	page := string(files["page.html"])
	for mark, content := range map[string]string{
		"/*STYLE*/": string(files["page.css"]), "/*WASM_EXEC*/": string(files["wasm_exec.js"]), "/*SCRIPT*/": script,
		"/*ENGINE*/": base64.StdEncoding.EncodeToString(engine), "/*UNPACKER*/": base64.StdEncoding.EncodeToString(unpacker),
	} {
		if strings.Count(page, mark) != 1 || strings.Contains(content, "</script") {
			return fmt.Errorf("%s cannot be put into the page", mark)
		}
		page = strings.Replace(page, mark, content, 1)
	}
	for name, content := range map[string][]byte{
		"lake.html": []byte(page), "lake.js": files["lake.js"], "lake.d.ts": files["lake.d.ts"], "wasm_exec.js": files["wasm_exec.js"],
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%s: %d bytes, of which the engine has %d compressed\n", filepath.Join(folder, "lake.html"), len(page), size)
	return nil
}

func gzipped(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	return out.Bytes(), err
}
