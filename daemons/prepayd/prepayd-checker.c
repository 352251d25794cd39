// SPDX-License-Identifier: LGPL-2.1-or-later
#include "prepayd-checker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "../common/util.h"
#include "prepayd-wire.h"

/* Some 10 ms of arithmetic, and a slow processor with other things to do. */
#define TIMEOUT_MS 10000

int prepayd_helper_find(struct prepayd_helper *helper, const char *keys)
{
	static const char name[] = "prepayd-token";
	ssize_t len = readlink("/proc/self/exe", helper->path,
			       sizeof(helper->path) - sizeof(name));
	char *slash;

	if (len < 0)
		return -errno;
	helper->path[len] = 0;
	slash = strrchr(helper->path, '/');
	if (!slash)
		return -ENOENT;
	strcpy(slash + 1, name);
	helper->keys = keys;
	return 0;
}

/* Its ends of the pipes; all others close when it starts. */
static int start(const struct prepayd_helper *helper, const char *meter,
		 int in_fd, int out_fd, pid_t *ret)
{
	char *const argv[] = { (char *)(uintptr_t)helper->path,
			       (char *)(uintptr_t)helper->keys,
			       (char *)(uintptr_t)meter, NULL };
	/* Nothing of ours is its business. */
	char *const envp[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int r;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in_fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
	r = posix_spawn(ret, helper->path, &actions, &attributes, argv, envp);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -r;
}

static int64_t now_ms(void)
{
	return (int64_t)(now_boottime_us() / USEC_PER_MSEC);
}

/* All it says, until it ends. The length, or negative errno. */
static ssize_t listen_to(int fd, char *line, size_t room)
{
	int64_t end_ms = now_ms() + TIMEOUT_MS;
	size_t len = 0;

	while (len < room) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		int64_t left_ms = end_ms - now_ms();
		ssize_t n;

		if (left_ms <= 0)
			return -ETIMEDOUT;
		if (poll(&wait, 1, (int)left_ms) <= 0)
			continue;
		n = read(fd, line + len, room - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return (ssize_t)len;
		if (n > 0)
			len += (size_t)n;
	}
	return -EMSGSIZE;
}

static int converse(int *to_fd, int from_fd, const char *question, size_t len,
		    struct prepayd_token *ret)
{
	char line[PREPAYD_LINE_MAX];
	ssize_t n;

	/* It fits into a pipe. */
	if (write(*to_fd, question, len) != (ssize_t)len)
		return -EHOSTUNREACH;
	close(*to_fd);
	*to_fd = -1;
	n = listen_to(from_fd, line, sizeof(line) - 1);
	if (n < 0)
		return -EHOSTUNREACH;
	line[n] = 0;
	return prepayd_read_answer(line, ret) ? -EHOSTUNREACH : 0;
}

static int check(void *userdata, const char *meter, uint64_t supplier,
		 const struct prepay *p, const char *utrn,
		 struct prepayd_token *ret)
{
	const struct prepayd_helper *helper = userdata;
	CLEANUP(cleanup_close) int their_in = -1;
	CLEANUP(cleanup_close) int their_out = -1;
	CLEANUP(cleanup_close) int to = -1;
	CLEANUP(cleanup_close) int from = -1;
	struct prepayd_question question;
	char line[PREPAYD_LINE_MAX];
	int fds[2];
	size_t len;
	pid_t pid;
	int r;

	prepayd_ask_of(&question, supplier, p, utrn);
	len = prepayd_write_question(&question, line);
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -EHOSTUNREACH;
	their_in = fds[0];
	to = fds[1];
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -EHOSTUNREACH;
	from = fds[0];
	their_out = fds[1];
	r = start(helper, meter, their_in, their_out, &pid);
	if (r) {
		log_error("%s: %s", helper->path, strerror(-r));
		return -EHOSTUNREACH;
	}
	/* The end to read from stays open here: no write raises SIGPIPE. */
	close(their_out);
	their_out = -1;
	r = converse(&to, from, line, len, ret);
	if (r) {
		log_error("%s does not answer", helper->path);
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

struct prepayd_checker prepayd_helper_checker(struct prepayd_helper *helper)
{
	return (struct prepayd_checker){ check, helper };
}
