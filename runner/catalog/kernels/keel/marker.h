/* marker.h - what the workbench is told, apart from the console. */
#pragma once

#include "types.h"

void marker_boot(void);             /* the kernel's first word; looks whether those of the timeline shall say the counter */
void marker_app(void);              /* the app is about to run */
void marker(const char *text);      /* "@slipway " text, on debugcon */
void marker_with(const char *what, const char *text);
NORETURN void end_vm(int status);   /* reports the status and ends the machine */
