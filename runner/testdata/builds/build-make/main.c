#include <stdio.h>

int part(void);

int main(void)
{
	puts("built by make");
	return part();
}
