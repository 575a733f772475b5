/* hello.c - the smallest program that can be seen to have run. */
#include <stdio.h>

int main(void) {
	puts("Hello from a program that does not know which kernel it runs on.");
	return 0;
}
