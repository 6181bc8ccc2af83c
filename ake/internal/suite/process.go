package suite

import (
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"os"
	"strconv"
	"sync"
	"time"
)

// thisProcess differs between any two processes, also those of replicas of one
// image and of clones of one machine, as far as something differs that a process
// can see (RFC 8937 section 4). It is no secret. A forked child does not come
// here: liblake refuses to work in it.
var thisProcess = sync.OnceValue(func() []byte {
	random := make([]byte, 32)
	rand.Read(random)        // never fails
	host, _ := os.Hostname() // what cannot be read adds nothing
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return processValue(random, os.Getpid(), time.Now(), host, string(boot))
})

// processValue hashes what tells a process from others.
func processValue(random []byte, pid int, now time.Time, host, boot string) []byte {
	h := sha512.New()
	for _, part := range []string{string(random), strconv.Itoa(pid), strconv.FormatInt(now.UnixNano(), 10), host, boot} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}
