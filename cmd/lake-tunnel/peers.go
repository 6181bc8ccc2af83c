package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// standardControls are the sockets of tunnels that systemd has started.
const standardControls = "/run/lake-tunnel/*/control"

// controlFlag is where a tunnel is asked.
func controlFlag(flags *flag.FlagSet) *string {
	return flags.String("control", "", "`socket` of the tunnel; default: the only one of "+standardControls)
}

// ask sends a request to the tunnel of a control socket.
func ask(control, method, path string) ([]byte, error) {
	if control == "" {
		found, _ := filepath.Glob(standardControls)
		if len(found) != 1 {
			return nil, fmt.Errorf("there are %d tunnels at %s: say which one with --control", len(found), standardControls)
		}
		control = found[0]
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DialContext: func(limit context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(limit, "unix", control)
		}}}
	request, err := http.NewRequest(method, "http://tunnel"+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("no tunnel answers at %s: is it there, and was it started with --control? (%w)", control, errors.Unwrap(err))
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<26))
	if err == nil && response.StatusCode/100 != 2 {
		err = errors.New(strings.TrimSpace(string(body)))
	}
	return body, err
}

func showPeers(arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("lake-tunnel peers", flag.ContinueOnError)
	control := controlFlag(flags)
	asJSON := flags.Bool("json", false, "as JSON")
	if err := flags.Parse(arguments); err != nil {
		return flag.ErrHelp
	}
	body, err := ask(*control, http.MethodGet, "/peers")
	if err != nil {
		return err
	}
	if *asJSON {
		_, err := out.Write(body)
		return err
	}
	var all []peerInfo
	if err := json.Unmarshal(body, &all); err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NUMBER\tNAME\tADDRESS\tSINCE\tSENT\tRECEIVED\tFAILURES")
	for _, p := range all {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d\t%d\t%d\n", p.ID, p.Name, p.Address, p.Since.Local().Format(time.DateTime), p.Sent, p.Received, p.Failures)
	}
	return table.Flush()
}

func dropPeer(arguments []string) error {
	flags := flag.NewFlagSet("lake-tunnel drop", flag.ContinueOnError)
	control := controlFlag(flags)
	if err := flags.Parse(arguments); err != nil {
		return flag.ErrHelp
	}
	if flags.NArg() != 1 {
		return errors.New("drop takes the number of one peer, as lake-tunnel peers shows it")
	}
	id, err := strconv.ParseUint(flags.Arg(0), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not the number of a peer", flags.Arg(0))
	}
	_, err = ask(*control, http.MethodDelete, fmt.Sprint("/peers/", id))
	return err
}
