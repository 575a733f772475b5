/*
 * init.c - process 1 of the guests that run Linux. It hands the machine over to the
 * app and reports how that ended, in the lines that the workbench reads:
 *
 *   @slipway ready     the kernel waits for an app to be handed to it, see handover.h
 *   @slipway app       the app is about to begin
 *   @slipway exit N    it has ended; 128 + the signal if it died of one
 *
 * They go to debugcon, port 0xe9; where the kernel does not let process 1 at ports,
 * to the console, followed by the word that the kernel's command line gave
 * (slipway.nonce=...), so that no program prints them by accident.
 *
 * The app is /app. Its argument vector is what stands behind the word @slipway on
 * the kernel's command line, after "--". The kernel hands us that too, but words of
 * the command line that it does not know come first. With slipway.handover on that
 * line, app and arguments are handed over later.
 */
#include "handover.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "devices.h"

enum { DEBUGCON = 0xe9, DEBUG_EXIT = 0xf4, ENDED = 0x10, COUNTED = 0x1c, CANNOT_RUN = 126 };

static int ports; /* may we use them? */
static char nonce[NONCE];

static void open_console(void) {
	int console = open("/dev/console", O_RDWR);
	if (console < 0)
		return;
	for (int fd = 0; fd < 3; fd++)
		dup2(console, fd);
	if (console > 2)
		close(console);
}

/* The words of the kernel's command line that are for us. */
static struct {
	int handover;  /* an app is to be handed over */
	char share[4]; /* ro or rw: a folder is shared so; "" for none */
} told;

/* read_command_line takes /proc/cmdline apart, up to what is for the app. */
static void read_command_line(void) {
	static const char name[] = "slipway.nonce=", share[] = "slipway.share=";
	char line[4096] = "";
	FILE *f = fopen("/proc/cmdline", "r");
	if (!f)
		return;
	if (!fgets(line, sizeof line, f))
		line[0] = 0;
	fclose(f);
	for (char *word = strtok(line, " \n"); word && strcmp(word, "--") != 0; word = strtok(NULL, " \n"))
		if (strncmp(word, name, strlen(name)) == 0)
			snprintf(nonce, sizeof nonce, "%s", word + strlen(name));
		else if (strncmp(word, share, strlen(share)) == 0)
			snprintf(told.share, sizeof told.share, "%s", word + strlen(share));
		else if (strcmp(word, "slipway.handover") == 0)
			told.handover = 1;
}

/* read_counter is the time stamp counter. */
static unsigned long long read_counter(void) {
	unsigned low, high;
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (unsigned long long)high << 32 | low;
}

/* marker says where the guest is, and the counter where a read of the port asks for
 * it: it counts instructions then. */
static void marker(const char *text) {
	unsigned long long now = read_counter();
	char line[96];
	if (!ports) {
		printf("@slipway %s %s\n", text, nonce);
		fflush(stdout);
		return;
	}
	if (inb(DEBUGCON) == COUNTED)
		snprintf(line, sizeof line, "@slipway %s tsc=%llu\n", text, now);
	else
		snprintf(line, sizeof line, "@slipway %s\n", text);
	for (const char *c = line; *c; c++)
		outb(*c, DEBUGCON);
}

/* SIGNPOST is an instruction that does nothing, by which whoever counts instructions
 * one by one knows where it is: a nop with an address that nobody else gives it. */
#define SIGNPOST(number) __asm__ volatile("nopl 0x574c5300+" #number "(%rax)")

static void ready(void) { marker("ready"); }

/* app_arguments are those behind the word that separates them from the kernel's. */
static char **app_arguments(int argc, char **argv) {
	static char *none[] = {"app", NULL};
	for (int i = 0; i + 1 < argc; i++)
		if (strcmp(argv[i], "@slipway") == 0)
			return argv + i + 1;
	return none;
}

/* own_console makes us the leader of a session on the console. The app must not be:
 * a terminal that loses the leader of its session is hung up, and with it goes what the
 * serial port has still to send. */
static void own_console(void) {
	setsid();
	ioctl(0, TIOCSCTTY, 1);
	signal(SIGTTOU, SIG_IGN); /* the console is handed over from the background, too */
}

/* run_app becomes the app, in the foreground of the console, so that ctrl+c reaches
 * it. */
static void run_app(char **argv) {
	static char *const environment[] = {"HOME=/", "PATH=/", "TERM=vt220", NULL};
	setpgid(0, 0);
	tcsetpgrp(0, getpid());
	signal(SIGTTOU, SIG_DFL);
	SIGNPOST(2);
	marker("app");
	execve("/app", argv, environment);
	perror("init: the app cannot be run");
	_exit(CANNOT_RUN);
}

/* wait_for reaps whatever ends, since orphans come to process 1, until the app has. */
static int wait_for(pid_t app) {
	int status;
	for (;;) {
		pid_t ended = wait(&status);
		if (ended == app)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (ended < 0)
			return CANNOT_RUN;
	}
}

int main(int argc, char **argv) {
	char text[32];
	open_console();
	mount("proc", "/proc", "proc", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	own_console();
	read_command_line();
	load_modules();
	configure_network();
	mount_share(told.share);
	ports = ioperm(DEBUGCON, 1, 1) == 0 && ioperm(DEBUG_EXIT, 1, 1) == 0;

	char **arguments = told.handover ? take_app(ready, nonce) : app_arguments(argc, argv);
	pid_t app = arguments ? fork() : -1;
	if (app == 0)
		run_app(arguments);
	int status = app < 0 ? CANNOT_RUN : wait_for(app);

	unmount_share(told.share);
	tcdrain(1); /* the console has its last byte before the machine goes */
	snprintf(text, sizeof text, "exit %d", status);
	SIGNPOST(3);
	marker(text);
	if (ports)
		outb(ENDED, DEBUG_EXIT);
	sync();
	reboot(RB_AUTOBOOT); /* -no-reboot ends QEMU */
	for (;;)
		pause();
}
