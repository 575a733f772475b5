// Package virtiofs serves a folder of this host to a guest: it finds the program that
// does (virtiofsd), shuts it in with that folder alone, and follows it until the guest
// has gone. What the guest's machine looks like does not belong here.
package virtiofs
