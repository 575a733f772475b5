package virtiofs

import (
	"slices"
	"strings"
)

// Share is a folder that a guest is given, and the program that serves it.
type Share struct {
	Program  string // virtiofsd
	Folder   string // absolute
	Writable bool
}

// shutIn runs in namespaces that are the daemon's alone, as a user who has power there
// and nowhere else: it mounts the folder in a place of which every daemon can be
// told, whatever the folder is called, and becomes the daemon. A folder that is shared
// read-only is mounted so: no one in there can write to it, whatever the guest asks of
// the daemon. The daemon of QEMU 7 keeps a lock in /run where its socket has a name.
const shutIn = `mount --bind -- "$1" /tmp && mount -o "remount,bind,$2" /tmp && mount -t tmpfs tmpfs /run && shift 2 && exec "$@"`

// inNamespaces makes the command that follows the only one in namespaces for users and
// mounts. The daemon makes those for processes and network itself.
var inNamespaces = []string{"unshare", "--user", "--map-root-user", "--mount", "--"}

// served is the command line of the daemon behind its own name. Options are written as
// both daemons read them, that of QEMU 7 in C and its successor in Rust. A limit of open
// files beyond the user's own is nothing that a user may set.
func served(socket string) []string {
	return []string{socket, "--rlimit-nofile=0", "-o", "source=/tmp", "-o", "sandbox=namespace"}
}

// options are those that the folder is mounted with beside the ones it has on this host:
// nobody asks for more than that here.
func (s Share) options() string {
	if s.Writable {
		return "nosuid,nodev"
	}
	return "nosuid,nodev,ro"
}

// shut is a command line that runs the daemon, shut in, with the given arguments.
func (s Share) shut(args ...string) []string {
	return slices.Concat(inNamespaces, []string{"sh", "-c", shutIn, "virtiofsd", s.Folder, s.options(), s.Program}, args)
}

// Socket is where the daemon and QEMU meet when a person starts both, in the current
// folder.
const Socket = "share.sock"

// beside is a shell's script that runs the daemon beside its arguments from the fifth on,
// QEMU, whose status it returns. The others are those of shutIn, and shutIn itself. The
// daemon in Rust leaves its number beside the socket.
var beside = "rm -f " + Socket + "; " +
	strings.Join(inNamespaces, " ") + ` sh -c "$1" virtiofsd "$2" "$3" "$4" ` + strings.Join(served("--socket-path="+Socket), " ") + " & " +
	"while kill -0 $! && ! [ -S " + Socket + " ]; do sleep 0.1; done 2>/dev/null; " +
	`shift 4; "$@"; status=$?; kill $! 2>/dev/null; wait; rm -f ` + Socket + " " + Socket + ".pid; exit $status"

// ByHand is a command line for a shell that does the same as Start, and runs QEMU, which
// finds the daemon at Socket.
func (s Share) ByHand(qemu []string) []string {
	return append([]string{"sh", "-c", beside, "slipway", shutIn, s.Folder, s.options(), s.Program}, qemu...)
}
