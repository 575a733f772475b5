// Command app is a Go program for the guests that can run one.
package main

import (
	"fmt"
	"os"
)

func main() {
	done := make(chan int)
	go func() { done <- 45 }()
	fmt.Println("built by go")
	os.Exit(<-done)
}
