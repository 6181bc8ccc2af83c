package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/plgd-dev/go-coap/v3/message"
	"github.com/plgd-dev/go-coap/v3/message/codes"
	"github.com/plgd-dev/go-coap/v3/message/pool"
)

// ask does one thing at a server, as any client on go-coap does it.
func ask(ctx context.Context, address string, what []string, out io.Writer) error {
	if len(what) < 2 || what[0] == "put" && len(what) != 3 {
		return errUsage
	}
	connection, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	c, err := connect(connection, address)
	if err != nil {
		return err
	}
	path := what[1]
	switch what[0] {
	case "get":
		answer, err := c.Get(ctx, path)
		return show(out, answer, err)
	case "put":
		answer, err := c.Put(ctx, path, message.TextPlain, strings.NewReader(what[2]))
		return show(out, answer, err)
	case "observe":
		failed := make(chan error, 1)
		observation, err := c.Observe(ctx, path, func(notification *pool.Message) {
			if err := show(out, notification, nil); err != nil {
				failed <- err
			}
		})
		if err != nil {
			return err
		}
		defer func() { // tells the server, if it is still there
			farewell, end := context.WithTimeout(connection, 2*time.Second)
			defer end()
			_ = observation.Cancel(farewell)
		}()
		select {
		case err = <-failed:
		case <-c.Done():
			err = errors.New("the connection ended")
		case <-ctx.Done():
		}
		return err
	}
	return errUsage
}

// show prints the text of a good answer; of another one, its code is the error.
func show(out io.Writer, answer *pool.Message, err error) error {
	if err != nil {
		return err
	}
	if answer.Code() != codes.Content && answer.Code() != codes.Changed {
		return fmt.Errorf("the server answers %v", answer.Code())
	}
	body, err := answer.ReadBody()
	if err != nil {
		return err
	}
	if len(body) > 0 {
		fmt.Fprintf(out, "%s\n", body)
	}
	return nil
}
