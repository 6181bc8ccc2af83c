package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// state is the file in which peers outlive the process, and the key that it is sealed
// with. There is one process at a time that has it: two would use one nonce twice.
type state struct {
	path  string
	lock  *os.File // the file of the key
	key   []byte
	port  int    // from which this side sent last; 0: there was none
	peers []byte // as they were when the process began; nil: there were none
}

const stateKeyLength = 32

// openState reads the state, and makes the key if there is none.
func openState(path string) (*state, error) {
	s := &state{path: path}
	name := path + ".key"
	lock, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	s.lock = lock
	if err := s.open(name); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *state) open(name string) error {
	if err := syscall.Flock(int(s.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("%s is in use by another process", s.path)
	}
	if err := onlyOurs(name); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	key := make([]byte, stateKeyLength+1)
	n, _ := s.lock.ReadAt(key, 0)
	switch n {
	case stateKeyLength:
		s.key = key[:n]
	case 0:
		s.key = make([]byte, stateKeyLength)
		rand.Read(s.key) // never fails
		if _, err := s.lock.WriteAt(s.key, 0); err != nil {
			return err
		}
		if err := s.lock.Sync(); err != nil {
			return err
		}
	default:
		return fmt.Errorf("%s has not %d bytes: remove it and %s to begin anew", name, stateKeyLength, s.path)
	}
	file, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	head, peers, ok := bytes.Cut(file, []byte("\n"))
	if _, err := fmt.Sscanf(string(head), "lake-tunnel 1 %d", &s.port); err != nil || !ok {
		return fmt.Errorf("%s is not a state of this version: remove it to begin anew", s.path)
	}
	s.peers = peers
	return nil
}

// write replaces the file: what was stored before or this is there, whatever happens.
func (s *state) write(peers []byte) error {
	temporary := s.path + ".new"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(file, "lake-tunnel 1 %d\n%s", s.port, peers)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary, s.path)
	}
	if err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

func (s *state) close() {
	clear(s.key)
	s.lock.Close() // and with it the lock
}
