package qemu

import (
	"slices"
	"strings"
	"testing"

	"slipway/runner/catalog"
)

// everything has all devices that a machine can have.
var everything = Config{
	Binary: testQEMU, Machine: "pc", CPUs: 4, Memory: 64 << 20,
	Devices: Devices{
		NUMA: 2, Disks: []Disk{{Path: "/a,b"}, {Path: "/c", Format: "qcow2", Snapshot: true}}, Network: User,
		Forwards: []Forward{{"tcp", 8080, 80}}, Share: Share{Path: "/s"}, Serial2: true,
	},
}

// Whoever adds a part to the machine keeps its name out of others' arguments.
func TestNobodyElseTakesOurNames(t *testing.T) {
	t.Parallel()
	found := 0
	for _, arg := range everything.underSlipway() {
		for field := range strings.SplitSeq(arg, ",") {
			id, ok := strings.CutPrefix(field, "id=")
			if !ok {
				continue
			}
			found++
			if err := catalog.CheckExtra([]string{"-object", "rng-random,id=" + id}); err == nil {
				t.Errorf("%s may be taken", id)
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d names were found", found)
	}
}

func TestImagesAndPortsAreKeptSafe(t *testing.T) {
	t.Parallel()
	line := everything.CommandLine()
	for _, want := range []string{
		"if=none,id=slipway-disk0,format=raw,readonly=on,file=/a,,b", "if=none,id=slipway-disk1,format=qcow2,snapshot=on,file=/c",
		"user,id=slipway-net0,hostfwd=tcp:127.0.0.1:8080-:80", "local,id=slipway-share0,security_model=none,readonly=on,multidevs=remap,path=/s",
		"node,nodeid=1,memdev=slipway-node1,cpus=2-3",
	} {
		if !slices.Contains(line, want) {
			t.Errorf("%q is missing in %q", want, line)
		}
	}
	shared := everything
	shared.Devices.Share.Writable, shared.Devices.Network = true, Isolated
	if line := strings.Join(shared.CommandLine(), " "); !strings.Contains(line, "security_model=mapped-xattr") || !strings.Contains(line, "restrict=on") {
		t.Errorf("%s", line)
	}
	if line := strings.Join(Config{Binary: testQEMU, Machine: "pc"}.CommandLine(), " "); strings.Contains(line, "net") || strings.Contains(line, "drive") {
		t.Errorf("a machine that was given nothing has something: %s", line)
	}
}

func TestDevicesThatTheMachineHasNot(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Config){
		"":                       func(*Config) {},
		"microvm has one node":   func(c *Config) { c.Machine = "microvm,acpi=off" },
		"choose --cpus 6":        func(c *Config) { c.CPUs = 5 },
		"too little for 4 nodes": func(c *Config) { c.Devices.NUMA, c.Memory = 4, 3<<20 },
		"ISA one":                func(c *Config) { c.Binary = "qemu-system-aarch64" },
		"set net=isolated":       func(c *Config) { c.Devices.Network = NoNetwork },
	} {
		c := everything
		change(&c)
		if err := c.check(); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}
