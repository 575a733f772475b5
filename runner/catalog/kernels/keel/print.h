/* print.h - the kernel's own words on the console. */
#pragma once

#include "types.h"

void print(const char *text);
void print_decimal(long n);
void print_hex(u64 n);            /* 0x and 16 digits */
char *decimal(char *to, long n);  /* writes n and a 0 byte, returns the end */
char *hex(char *to, u64 n);       /* 0x without leading zeros, and a 0 byte */
