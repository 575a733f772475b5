/* children.c - programs that start others, for kernels that have processes. */
#define _GNU_SOURCE
#include "probe.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* One child ends later than its parent, one never: the machine ends with the parent. */
static void leaves_children(void) {
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();
		expect(child >= 0);
		if (child == 0) {
			for (;;)
				pause();
		}
	}
	exit(21);
}

/* The orphan outlives its parent's parent and is reaped by process 1, whose app goes on. */
static void orphans(void) {
	int done[2];
	char byte;
	expect(pipe(done) == 0);
	pid_t child = fork();
	if (child == 0) {
		if (fork() == 0) {
			expect(setsid() > 0);
			while (getppid() != 1)
				usleep(1000);
			_exit(write(done[1], "x", 1) == 1 ? 3 : 4);
		}
		_exit(5);
	}
	int status;
	expect(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 5);
	expect(read(done[0], &byte, 1) == 1);
}

/* The parent of a daemon has ended when the daemon begins: to process 1 the app is over. */
static void daemonises(void) {
	expect(daemon(0, 0) == 0);
	for (;;)
		pause();
}

static void closes_stdout(void) {
	fclose(stdout);
	fclose(stderr);
	close(0);
	_exit(22);
}

static void kills_itself(void) { kill(getpid(), SIGKILL); }

const struct probe child_probes[] = {
	{"leaves-children", leaves_children}, {"orphans", orphans},           {"daemonises", daemonises},
	{"closes-stdout", closes_stdout},     {"kills-itself", kills_itself}, {0},
};
