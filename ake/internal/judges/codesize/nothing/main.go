// The program nothing is what each of the others has: Go's runtime.
package main

func main() {}
