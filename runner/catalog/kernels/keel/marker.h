/* marker.h - what the workbench is told, apart from the console. */
#pragma once

#include "types.h"

void marker(const char *text);      /* "@slipway " text, on debugcon */
void marker_with(const char *what, const char *text);
NORETURN void end_vm(int status);   /* reports the status and ends the machine */
