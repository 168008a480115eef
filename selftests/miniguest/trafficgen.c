// SPDX-License-Identifier: GPL-2.0-only
/*
 * trafficgen: many paced flows to many VMs, sent from one interface.
 *
 * What it reports as sent is what the kernel took, so that what a miniguest
 * did not receive is what was lost on the way.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "ctl.h"
#include "stream.h"

#define VMS_MAX		256
#define BATCH		128		/* frames handed to the kernel at once */
#define NSEC_PER_SEC	1000000000
#define TICK_MIN_NS	1000000
#define TICK_MAX_NS	20000000

/**
 * struct gen - the sender
 * @socket: packet socket bound to the interface
 * @mac: source address of what it sends
 * @source: name of this sender in the packets
 * @epoch: start of this sender
 * @stream: one a VM, @streams of them
 * @frame: frames of the batch being put together
 * @msg: the same for sendmmsg()
 * @iov: the same
 * @owner: whose frame it is
 * @fill: frames in the batch
 * @ctl: control socket
 * @timer: ticks
 * @quit: asked to end
 */
struct gen {
	int socket;
	uint8_t mac[MAC_LEN];
	uint32_t source;
	uint32_t epoch;
	struct stream *stream[VMS_MAX];
	unsigned int streams;
	uint8_t frame[BATCH][FRAME_MAX];
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	struct stream *owner[BATCH];
	unsigned int fill;
	struct ctl ctl;
	int timer;
	bool quit;
};

static void open_socket(struct gen *gen, const char *dev)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(dev) };
	struct ifreq ifr = {};
	int one = 1;

	if (!addr.sll_ifindex)
		err(1, "%s", dev);
	strncpy(ifr.ifr_name, dev, IFNAMSIZ - 1);
	/* Protocol 0: it only sends. */
	gen->socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (gen->socket < 0 || bind(gen->socket, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    setsockopt(gen->socket, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)) < 0 ||
	    ioctl(gen->socket, SIOCGIFHWADDR, &ifr) < 0)
		err(1, "%s", dev);
	memcpy(gen->mac, ifr.ifr_hwaddr.sa_data, MAC_LEN);
}

static void flush_batch(struct gen *gen)
{
	unsigned int done = 0, i;

	while (done < gen->fill) {
		int sent = sendmmsg(gen->socket, gen->msg + done, gen->fill - done, 0);

		if (sent <= 0 && errno != EINTR)
			break;
		if (sent > 0)
			done += sent;
	}
	/* Last first: each stream takes back its newest numbers. */
	for (i = gen->fill; i > done; i--)
		stream_undo(gen->owner[i - 1]);
	gen->fill = 0;
}

static void push(struct gen *gen, struct stream *stream)
{
	unsigned int i = gen->fill++;

	gen->owner[i] = stream;
	gen->iov[i].iov_base = gen->frame[i];
	gen->iov[i].iov_len = stream_next(stream, gen->frame[i], clock_ns());
	gen->msg[i].msg_hdr.msg_iov = &gen->iov[i];
	gen->msg[i].msg_hdr.msg_iovlen = 1;
	if (gen->fill == BATCH)
		flush_batch(gen);
}

/* The streams take turns packet by packet, so that none sends in a lump. */
static void transmit(struct gen *gen)
{
	unsigned int due[VMS_MAX], left = 0, i;
	uint64_t now = clock_ns();

	for (i = 0; i < gen->streams; i++) {
		due[i] = stream_due(gen->stream[i], now);
		left += due[i];
	}
	for (i = 0; left; i = (i + 1) % gen->streams) {
		if (!due[i])
			continue;
		due[i]--;
		left--;
		push(gen, gen->stream[i]);
	}
	flush_batch(gen);
}

/* A tick a packet, within limits: on an emulated CPU each of them is dear. */
static void set_timer(struct gen *gen)
{
	struct itimerspec tick = {};
	uint64_t rate = 0;
	unsigned int i;

	for (i = 0; i < gen->streams; i++)
		rate += gen->stream[i]->rate;
	if (rate > NSEC_PER_SEC / TICK_MIN_NS)
		tick.it_interval.tv_nsec = TICK_MIN_NS;
	else if (rate)
		tick.it_interval.tv_nsec = rate > NSEC_PER_SEC / TICK_MAX_NS ?
					   NSEC_PER_SEC / rate : TICK_MAX_NS;
	tick.it_value = tick.it_interval;
	timerfd_settime(gen->timer, 0, &tick, NULL);
}

static struct stream *find(struct gen *gen, const char *vm)
{
	unsigned int i;

	for (i = 0; i < gen->streams; i++)
		if (gen->stream[i]->spec.vm == (uint32_t)atoi(vm))
			return gen->stream[i];
	return NULL;
}

static struct stream *add(struct gen *gen, const char *vm)
{
	struct stream *stream = gen->streams < VMS_MAX ? calloc(1, sizeof(*stream)) : NULL;

	if (!stream)
		return NULL;
	stream->spec.vm = atoi(vm);
	stream->spec.source = gen->source;
	stream->spec.epoch = gen->epoch;
	stream->spec.size = 128;
	stream->flows = 16;
	memcpy(stream->spec.src, gen->mac, MAC_LEN);
	gen->stream[gen->streams++] = stream;
	return stream;
}

/* vm ID MAC [OPTION VALUE]...: a new VM, or new options of a known one. */
static struct json_object *do_vm(void *ctx, int argc, char **argv, const char **error)
{
	struct gen *gen = ctx;
	struct stream *stream;
	uint8_t mac[MAC_LEN];

	*error = "not a MAC address";
	if (!mac_parse(argv[1], mac))
		return NULL;
	stream = find(gen, argv[0]) ?: add(gen, argv[0]);
	*error = "too many VMs";
	if (!stream)
		return NULL;
	memcpy(stream->spec.dst, mac, MAC_LEN);
	*error = stream_options(stream, argc - 2, argv + 2, clock_ns());
	set_timer(gen);
	return *error ? NULL : ctl_done();
}

/* rate PPS ID...: the packets a second of some VMs, changed at the same time. */
static struct json_object *do_rate(void *ctx, int argc, char **argv, const char **error)
{
	struct gen *gen = ctx;
	uint64_t now = clock_ns();
	int i;

	*error = "unknown VM";
	for (i = 1; i < argc; i++)
		if (!find(gen, argv[i]))
			return NULL;
	for (i = 1; i < argc; i++)
		stream_rate(find(gen, argv[i]), strtoul(argv[0], NULL, 0), now);
	set_timer(gen);
	return ctl_done();
}

static struct json_object *do_stats(void *ctx, int argc, char **argv, const char **error)
{
	struct json_object *array;
	struct gen *gen = ctx;
	unsigned int i;

	*error = "unknown VM";
	if (argc)
		return find(gen, argv[0]) ? stream_json(find(gen, argv[0])) : NULL;
	array = json_object_new_array();
	for (i = 0; i < gen->streams; i++)
		json_object_array_add(array, stream_json(gen->stream[i]));
	return array;
}

static struct json_object *do_flows(void *ctx, int argc, char **argv, const char **error)
{
	struct stream *stream = find(ctx, argv[0]);

	(void)argc;
	*error = "unknown VM";
	return stream ? stream_flows_json(stream) : NULL;
}

static struct json_object *do_quit(void *ctx, int argc, char **argv, const char **error)
{
	struct gen *gen = ctx;

	(void)argc, (void)argv, (void)error;
	gen->quit = true;
	return ctl_done();
}

static const struct ctl_verb gen_verbs[] = {
	{ "vm", "vm ID MAC [rate N] [count N] [flows N] [size N] [vlan N] [source N] [ipv6]", 2,
	  do_vm },
	{ "rate", "rate PPS ID...", 2, do_rate },
	{ "stats", "stats [ID]", 0, do_stats },
	{ "flows", "flows ID", 1, do_flows },
	{ "quit", "quit", 0, do_quit },
	{}
};

static void watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		err(1, "epoll_ctl");
}

static void run(struct gen *gen)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event events[2];
	uint64_t ticks;
	int n, i;

	watch(epoll, gen->timer);
	watch(epoll, gen->ctl.listener);
	while (!gen->quit) {
		n = epoll_wait(epoll, events, 2, -1);
		for (i = 0; i < n; i++) {
			if (events[i].data.fd == gen->ctl.listener)
				ctl_serve(&gen->ctl);
			else if (read(gen->timer, &ticks, sizeof(ticks)) > 0)
				transmit(gen);
		}
	}
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "dev", required_argument, NULL, 'd' },
		{ "ctl", required_argument, NULL, 'c' },
		{ "source", required_argument, NULL, 's' },
		{}
	};
	const char *dev = NULL, *path = NULL;
	static struct gen gen = { .source = 1000, .ctl.verbs = gen_verbs, .ctl.ctx = &gen };
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (opt == 'd')
			dev = optarg;
		else if (opt == 'c')
			path = optarg;
		else if (opt == 's')
			gen.source = atoi(optarg);
		else
			path = NULL;
	}
	if (!dev || !path)
		errx(2, "usage: trafficgen --dev DEV --ctl SOCKET [--source ID]");

	signal(SIGPIPE, SIG_IGN);
	/* The wire does not wait for the host that it overloads. */
	if (setpriority(PRIO_PROCESS, 0, -20) < 0)
		warn("cannot raise the priority");
	gen.epoch = (uint32_t)clock_ns();
	open_socket(&gen, dev);
	gen.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (gen.timer < 0 || ctl_open(&gen.ctl, path) < 0)
		err(1, "%s", path);
	run(&gen);
	unlink(path);
	return 0;
}
