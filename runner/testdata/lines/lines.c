#include <stdio.h>

__attribute__((noinline)) static int doubled(int n) { return n + n; }

int main(void)
{
	puts("from main");
	return doubled(0);
}
