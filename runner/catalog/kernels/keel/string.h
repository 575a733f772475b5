/* string.h - memory and strings, for code without a C library. */
#pragma once

#include "types.h"

void *memset(void *to, int byte, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
size_t strlen(const char *s);
