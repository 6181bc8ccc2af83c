package judges

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// wycheproof gives the folder with the vectors, where Go unpacks the module, which it checks
// with go.sum. Imported, they would be 110 MB of a program, and of Go's cache.
func wycheproof(t *testing.T) fs.FS {
	t.Helper()
	folder, err := wycheproofFolder()
	if err != nil {
		t.Fatal(err)
	}
	return os.DirFS(folder)
}

var wycheproofFolder = sync.OnceValues(func() (string, error) {
	output, err := exec.Command("go", "mod", "download", "-json", "github.com/c2sp/wycheproof").Output()
	if err != nil {
		return "", fmt.Errorf("go mod download: %w: %s", err, output)
	}
	var module struct{ Dir string }
	err = json.Unmarshal(output, &module)
	return filepath.Join(module.Dir, "testvectors_v1"), err
})
