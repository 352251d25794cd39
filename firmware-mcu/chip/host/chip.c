// SPDX-License-Identifier: MIT
/*
 * The firmware as a process of the developer's machine: UARTs are Unix
 * sockets it listens on, the flash is a file, the front end is the simulated
 * one. For trying things out without an emulator.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "../../sim/bench.h"
#include "../../sim/board.h"
#include "../chip.h"
#include "host.h"

#define FLASH_SIZE (1u << 20)
#define FLASH_SECTOR 4096u
#define TICK_MS 5

struct port {
	int listener;
	int peer; /* -1: nobody */
};

static struct bench bench;
static struct port link_port, bench_port;
static int flash = -1;
static uint32_t retained[CHIP_RETAINED_LEN / 4];

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "hearth-mcu-host: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void listen_on(struct port *port, const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(addr.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	strcpy(addr.sun_path, path);
	unlink(path);
	port->peer = -1;
	port->listener =
		socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (port->listener < 0 ||
	    bind(port->listener, (struct sockaddr *)&addr, sizeof(addr)) ||
	    listen(port->listener, 1))
		die(path);
}

static void usage(FILE *out)
{
	fputs("Usage: hearth-mcu-host --flash=FILE --link=SOCKET "
	      "--bench=SOCKET\n\n"
	      "The meter's firmware as a process, with a simulated front end.\n"
	      "  --flash=FILE    keeps the registers; made if missing\n"
	      "  --link=SOCKET   Unix socket in place of the UART to the hub\n"
	      "  --bench=SOCKET  Unix socket of the bench; try 'help' on it\n",
	      out);
}

void host_options(int argc, char **argv)
{
	static const struct option options[] = {
		{ "flash", required_argument, NULL, 'f' },
		{ "link", required_argument, NULL, 'l' },
		{ "bench", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *paths[3] = { NULL, NULL, NULL };
	int opt;

	while ((opt = getopt_long(argc, argv, "f:l:b:h", options, NULL)) !=
	       -1) {
		switch (opt) {
		case 'f':
			paths[0] = optarg;
			break;
		case 'l':
			paths[1] = optarg;
			break;
		case 'b':
			paths[2] = optarg;
			break;
		case 'h':
			usage(stdout);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	}
	if (!paths[0] || !paths[1] || !paths[2] || optind < argc) {
		usage(stderr);
		exit(2);
	}
	flash = open(paths[0], O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (flash < 0)
		die(paths[0]);
	listen_on(&link_port, paths[1]);
	listen_on(&bench_port, paths[2]);
}

/* Whether it is 0xff to its end, as where blanking was cut short. */
static bool nothing_in_flash(off_t len)
{
	uint8_t byte;

	for (off_t at = 0; at < len; at++)
		if (pread(flash, &byte, 1, at) != 1 || byte != 0xff)
			return false;
	return true;
}

static void flash_init(void)
{
	off_t len = lseek(flash, 0, SEEK_END);

	if (len < 0)
		die("flash");
	if (len == (off_t)FLASH_SIZE)
		return;
	/* A file we did not make is not ours to blank. */
	if (len > (off_t)FLASH_SIZE || !nothing_in_flash(len)) {
		fputs("hearth-mcu-host: flash: its file is not 1 MiB long and "
		      "not empty: another file? Remove it to begin with a "
		      "blank flash\n",
		      stderr);
		exit(1);
	}
	for (uint32_t at = 0; at < FLASH_SIZE; at += FLASH_SECTOR)
		if (chip_flash_erase(at))
			die("flash");
}

void chip_init(void)
{
	signal(SIGPIPE, SIG_IGN);
	flash_init();
	board_init();
	bench_init(&bench, &board_frontend);
	bench_plant(&bench, &board_plant);
}

uint64_t chip_uptime_us(void)
{
	static uint64_t start;
	struct timespec now;
	uint64_t us;

	clock_gettime(CLOCK_MONOTONIC, &now);
	us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	if (!start)
		start = us;
	return us - start;
}

enum hearth_mcu_reset_cause chip_reset_cause(void)
{
	return HEARTH_MCU_RESET_POWER_ON;
}

const char *chip_hardware_name(void)
{
	static const char name[HEARTH_MCU_NAME_LEN] = "host process";

	return name;
}

void chip_serial_number(uint8_t serial[CHIP_SERIAL_LEN])
{
	static const uint8_t number[CHIP_SERIAL_LEN] = { 0x02, 'h', 'e', 'a',
							 'r',  't', 'h', 2 };

	memcpy(serial, number, sizeof(number));
}

void *chip_retained(void)
{
	return retained;
}

void chip_log(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

static void hang_up(struct port *port)
{
	close(port->peer);
	port->peer = -1;
}

static size_t port_read(struct port *port, void *data, size_t room)
{
	ssize_t len;

	if (port->peer < 0)
		return 0;
	len = recv(port->peer, data, room, MSG_DONTWAIT);
	if (len > 0)
		return (size_t)len;
	if (len == 0 || (errno != EAGAIN && errno != EINTR))
		hang_up(port);
	return 0;
}

/* A stream socket may take half a frame: then the peer is too slow to live. */
static bool port_write(struct port *port, const void *data, size_t len)
{
	ssize_t done;

	if (port->peer < 0)
		return true; /* as a UART with nothing on its pins */
	done = send(port->peer, data, len, MSG_DONTWAIT);
	if (done == (ssize_t)len)
		return true;
	if (done >= 0 || (errno != EAGAIN && errno != EINTR))
		hang_up(port);
	return false;
}

size_t chip_link_read(uint8_t *data, size_t room)
{
	return port_read(&link_port, data, room);
}

bool chip_link_write(const uint8_t *data, size_t len)
{
	return port_write(&link_port, data, len);
}

static void serve_bench(void)
{
	char data[64], reply[BENCH_LINE];
	size_t len, reply_len;

	while ((len = port_read(&bench_port, data, sizeof(data))) > 0) {
		for (size_t n = 0; n < len; n++) {
			reply_len = bench_push(&bench, data[n], reply);
			if (reply_len)
				port_write(&bench_port, reply, reply_len);
		}
	}
}

void chip_idle(void)
{
	struct pollfd fds[4] = {
		{ .fd = link_port.listener, .events = POLLIN },
		{ .fd = link_port.peer, .events = POLLIN },
		{ .fd = bench_port.listener, .events = POLLIN },
		{ .fd = bench_port.peer, .events = POLLIN },
	};
	struct port *ports[2] = { &link_port, &bench_port };

	poll(fds, 4, TICK_MS);
	for (int n = 0; n < 2; n++) {
		if (!(fds[2 * n].revents & POLLIN))
			continue;
		if (ports[n]->peer >= 0)
			hang_up(ports[n]);
		ports[n]->peer =
			accept4(ports[n]->listener, NULL, NULL, SOCK_CLOEXEC);
	}
	serve_bench();
}

struct chip_flash_geometry chip_flash_geometry(void)
{
	struct chip_flash_geometry geo = { FLASH_SIZE, FLASH_SECTOR };

	return geo;
}

int chip_flash_read(uint32_t offset, void *data, size_t len)
{
	return pread(flash, data, len, offset) == (ssize_t)len ? 0 : -1;
}

int chip_flash_program(uint32_t offset, const void *data, size_t len)
{
	uint8_t cells[FLASH_SECTOR];
	const uint8_t *new = data;

	if (len > sizeof(cells) || chip_flash_read(offset, cells, len))
		return -1;
	for (size_t n = 0; n < len; n++)
		cells[n] &= new[n];
	return pwrite(flash, cells, len, offset) == (ssize_t)len ? 0 : -1;
}

int chip_flash_erase(uint32_t offset)
{
	uint8_t ones[FLASH_SECTOR];

	memset(ones, 0xff, sizeof(ones));
	return pwrite(flash, ones, sizeof(ones), offset) ==
			       (ssize_t)sizeof(ones) ?
		       0 :
		       -1;
}
