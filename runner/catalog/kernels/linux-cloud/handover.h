/*
 * handover.h - an app that is handed to a kernel which has booted already.
 */
#ifndef HANDOVER_H
#define HANDOVER_H

/* Size of a word that marks our lines on the console. */
enum { NONCE = 64 };

/*
 * take_app waits until whoever resumes this machine has put an app into the memory
 * that it shares with us, and makes it /app. It sets the clock, and stirs the kernel's
 * random numbers, which would be the same in every machine resumed from this one.
 * ready is called when all but the app is there. It returns the app's argument
 * vector, or NULL where there is no such memory; nonce becomes the new one.
 */
char **take_app(void (*ready)(void), char nonce[NONCE]);

#endif
