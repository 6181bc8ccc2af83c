// Package explain tells people what passed between two parties of EDHOC: what each
// byte of a message is, how the exchange went, and why it ended as it did.
//
// It reads what is wrong as well as what is right, judges nothing for the protocol,
// and needs no keys; with keys (Keys) it shows what is encrypted, too. It has no
// sockets and no files: a Datagram is a UDP payload with its addresses and time, and
// package capture finds these in a file. One implementation serves the command
// lake-explain, `lake.decode` of Python, and the page of bindings/js.
//
// It holds secrets as other values, and shows them. It is not part of liblake.so.
package explain
