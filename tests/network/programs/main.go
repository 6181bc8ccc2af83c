package programs

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
)

// Main is that of a test: it reads the flags, which the test has defined, and the
// folder, and ends the process with what run gives. The dice of all that is left to
// chance have a seed, which is printed.
func Main(name string, run func(folder string, seed uint64) error) {
	seed := flag.Uint64("seed", rand.Uint64()>>32, "of the dice")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintf(os.Stderr, "usage: %s [options] FOLDER, where the programs of examples/c are\n", name)
		os.Exit(2)
	}
	fmt.Println("seed", *seed)
	if err := run(flag.Arg(0), *seed); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
