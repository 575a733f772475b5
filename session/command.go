package session

import "os/exec"

// Command is a program for the terminal to be handed to, such as the user's
// editor. The screen runs it without being able to start any other.
type Command = exec.Cmd
