#include <stdio.h>

int main(void)
{
	puts("built by CMake");
	return 43;
}
