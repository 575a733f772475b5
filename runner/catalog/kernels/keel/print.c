/* print.c - the kernel's own words on the console. */
#include "print.h"

#include "serial.h"
#include "string.h"

void print(const char *text) { serial_write(text, strlen(text)); }

char *decimal(char *to, long n) {
	char digits[20];
	int count = 0;
	u64 rest = n < 0 ? -(u64)n : (u64)n;
	if (n < 0)
		*to++ = '-';
	do
		digits[count++] = '0' + rest % 10;
	while (rest /= 10);
	while (count)
		*to++ = digits[--count];
	*to = 0;
	return to;
}

char *hex(char *to, u64 n) {
	int shift = 60;
	*to++ = '0';
	*to++ = 'x';
	while (shift && !(n >> shift & 15))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[n >> shift & 15];
	*to = 0;
	return to;
}

void print_decimal(long n) {
	char text[24];
	decimal(text, n);
	print(text);
}

void print_hex(u64 n) {
	char text[19] = "0x";
	for (int i = 0; i < 16; i++)
		text[2 + i] = "0123456789abcdef"[n >> (60 - 4 * i) & 15];
	text[18] = 0;
	print(text);
}
