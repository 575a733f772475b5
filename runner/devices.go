package runner

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"slipway/runner/catalog"
	"slipway/runner/qemu"
)

// setDevice changes one of catalog.DeviceSettings.
func (s *Settings) setDevice(key, value string) (err error) {
	d := &s.Devices
	switch key {
	case "numa":
		d.NUMA, err = positive(value)
	case "disks":
		d.Disks, err = parseDisks(value)
	case "net":
		switch n := qemu.Network(value); {
		case value == noNetwork, n == qemu.Isolated, n == qemu.User:
			d.Network = n
		default:
			err = fmt.Errorf("%q is none of none, isolated, user", value)
		}
	case "forward":
		d.Forwards, err = parseForwards(value)
	case "share":
		d.Share, err = parseShare(value)
	case "serial2":
		d.Serial2, err = truth(value)
	case "qemu":
		s.QEMU = value
		_, err = s.extra()
	}
	return err
}

// noNetwork is a choice, too: of a value of a sweep, for instance.
const noNetwork = "none"

// deviceTexts are the device settings that were made, as setDevice reads them.
func (s Settings) deviceTexts() map[string]string {
	d := s.Devices
	texts := map[string]string{
		"disks": joined(d.Disks, diskText), "forward": joined(d.Forwards, forwardText), "net": string(d.Network), "qemu": s.QEMU,
	}
	if d.NUMA > 0 {
		texts["numa"] = strconv.Itoa(d.NUMA)
	}
	if d.Serial2 {
		texts["serial2"] = "true"
	}
	if d.Share.Path != "" {
		texts["share"] = d.Share.Path
		if d.Share.Writable {
			texts["share"] += ":rw"
		}
	}
	for key, text := range texts {
		if text == "" {
			delete(texts, key)
		}
	}
	return texts
}

// extra are the arguments for QEMU that --set qemu= gave.
func (s Settings) extra() ([]string, error) {
	words, err := catalog.SplitWords(s.QEMU)
	if err != nil {
		return nil, err
	}
	return words, catalog.CheckExtra(words)
}

func joined[T any](list []T, text func(T) string) string {
	texts := make([]string, len(list))
	for i, item := range list {
		texts[i] = text(item)
	}
	return strings.Join(texts, ",")
}

// parseDisks reads FILE[:snapshot],... A comma of a file's name is doubled, as for QEMU.
func parseDisks(text string) ([]qemu.Disk, error) {
	const comma = "\x00"
	var disks []qemu.Disk
	for part := range strings.SplitSeq(strings.ReplaceAll(text, ",,", comma), ",") {
		path, snapshot := strings.CutSuffix(strings.ReplaceAll(part, comma, ","), ":snapshot")
		path, err := settled(path)
		if err != nil {
			return nil, err
		}
		disks = append(disks, qemu.Disk{Path: path, Snapshot: snapshot})
	}
	return disks, nil
}

func diskText(d qemu.Disk) string {
	text := strings.ReplaceAll(d.Path, ",", ",,")
	if d.Snapshot {
		text += ":snapshot"
	}
	return text
}

// parseShare reads FOLDER[:rw].
func parseShare(text string) (qemu.Share, error) {
	path, writable := strings.CutSuffix(text, ":rw")
	path, err := settled(path)
	return qemu.Share{Path: path, Writable: writable}, err
}

// settled makes a path mean the same wherever it is read again: settings are stored
// with the run.
func settled(path string) (string, error) {
	switch {
	case path == "":
		return "", fmt.Errorf("a path is missing")
	case strings.ContainsAny(path, "\n\r\x00"):
		return "", fmt.Errorf("%q: a path with a line end in it cannot be handed to QEMU", path)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the folder that %s is in: %w", path, err)
	}
	return absolute, nil
}

// parseForwards reads [udp:]HOST:GUEST,...
func parseForwards(text string) ([]qemu.Forward, error) {
	var forwards []qemu.Forward
	for part := range strings.SplitSeq(text, ",") {
		f := qemu.Forward{Protocol: "tcp"}
		fields := strings.Split(strings.TrimSpace(part), ":")
		if len(fields) == 3 {
			f.Protocol, fields = fields[0], fields[1:]
		}
		ok := len(fields) == 2 && (f.Protocol == "tcp" || f.Protocol == "udp")
		if ok {
			var here, there error
			f.Host, here = port(fields[0])
			f.Guest, there = port(fields[1])
			ok = here == nil && there == nil
		}
		if !ok {
			return nil, fmt.Errorf("%q is no pair of ports such as 8080:80, this host's first, or udp:5353:53", part)
		}
		if slices.ContainsFunc(forwards, func(o qemu.Forward) bool { return o.Protocol == f.Protocol && o.Host == f.Host }) {
			return nil, fmt.Errorf("port %d of this host would lead to two ports of the guest", f.Host)
		}
		forwards = append(forwards, f)
	}
	return forwards, nil
}

func port(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err == nil && n == 0 {
		err = strconv.ErrRange
	}
	return int(n), err
}

func forwardText(f qemu.Forward) string {
	text := fmt.Sprintf("%d:%d", f.Host, f.Guest)
	if f.Protocol != "tcp" {
		text = f.Protocol + ":" + text
	}
	return text
}

// devices are the target's, as its machine is given them.
func (s Settings) devices() qemu.Devices {
	d := s.Devices
	switch {
	case d.Network == noNetwork:
		d.Network = qemu.NoNetwork
	case d.Network == qemu.NoNetwork && len(d.Forwards) > 0:
		d.Network = qemu.Isolated // a port that is forwarded needs no way out
	}
	return d
}

// needDrivers are the settings whose devices a kernel may have as modules.
func (s Settings) needDrivers() []string {
	d := s.devices()
	var keys []string
	for _, device := range []struct {
		key   string
		there bool
	}{{"disks", len(d.Disks) > 0}, {"net", d.Network != qemu.NoNetwork}, {"share", d.Share.Path != ""}} {
		if device.there {
			keys = append(keys, device.key)
		}
	}
	return keys
}

// checkDevices refuses devices where there can be none.
func (s Settings) checkDevices(k *catalog.Kernel) error {
	made := s.deviceTexts()
	for _, key := range catalog.DeviceSettings {
		if _, ok := made[key]; !ok {
			continue
		}
		if k.Boot.Machine == "" {
			return fmt.Errorf("kernel %s runs without a virtual machine: %s does not apply", k.Name, key)
		}
		if why, ok := k.QEMU.Without[key]; ok {
			return fmt.Errorf("kernel %s can make nothing of %s: %s", k.Name, key, why)
		}
	}
	_, err := shareDaemon(s.Devices.Share, k)
	return err
}

// extraArguments are those for QEMU beyond what Slipway itself gives it: of the
// kernel, of the app, of the target.
func extraArguments(image *Image, vars map[string]string) ([]string, error) {
	own, err := image.Target.Settings.extra()
	if err != nil {
		return nil, fmt.Errorf("setting qemu: %w", err)
	}
	var args []string
	for _, arg := range slices.Concat(image.Kernel.Boot.Args, image.Kernel.QEMU.Extra, image.App.QEMU.Extra) {
		args = append(args, catalog.Expand(arg, vars))
	}
	return append(args, own...), nil
}
