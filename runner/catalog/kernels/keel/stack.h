/* stack.h - the app's first stack: arguments, environment, auxiliary vector. */
#pragma once

#include "elf.h"
#include "types.h"

/* stack_build lays the stack out below top and returns the stack pointer, or 0 for
 * more arguments than it takes. */
u64 stack_build(u64 top, const char *args, const struct program *app);
