// SPDX-License-Identifier: GPL-2.0-only
/*
 * miniguest: the virtio driver of a real vhost-net device, without a guest.
 *
 * It receives what the VM would, and accounts for it; it can send as well.
 * The device's worker is a thread of this process, as with a real VM.
 */
#include <err.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "ctl.h"
#include "flows.h"
#include "stream.h"
#include "vhost.h"

#define QUEUES_MAX	16
#define OTHERS_MAX	4
#define TICK_NS		1000000		/* pace of sending */
#define RX_BATCH	64		/* packets between two refills */

/**
 * struct guest - the VM
 * @queue: its queue pairs, @queues of them
 * @tx_free: descriptors of queue 0's tx ring that vhost is done with
 * @tx_count: how many
 * @rx: what was received
 * @tx: what is sent, while its rate is not 0
 * @mac: address of the VM
 * @ctl: control socket
 * @timer: ticks while sending
 * @quit: asked to end
 */
struct guest {
	struct vhost_queue queue[QUEUES_MAX];
	unsigned int queues;
	uint16_t tx_free[RING_SIZE];
	unsigned int tx_count;
	struct receiver rx;
	struct stream tx;
	uint8_t mac[MAC_LEN];
	struct ctl ctl;
	int timer;
	bool quit;
};

static void drain(int fd)
{
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0)
		return;
}

static unsigned int receive_batch(struct guest *guest, struct ring *ring)
{
	uint64_t now = clock_ns();
	unsigned int n;
	uint32_t len;
	int id;

	for (n = 0; n < RX_BATCH; n++) {
		id = ring_take(ring, &len);
		if (id < 0)
			break;
		if (len > VNET_HDR)
			receiver_frame(&guest->rx, ring_buf(ring, id) + VNET_HDR,
				       len - VNET_HDR, now);
		ring_give(ring, id, BUF_BYTES, VRING_DESC_F_WRITE);
	}
	if (n)
		ring_kick(ring);
	return n;
}

static void receive(struct guest *guest, struct ring *ring)
{
	drain(ring->call);
	ring_quiet(ring, 1);
	while (receive_batch(guest, ring))
		;
	ring_quiet(ring, 0);
	receive_batch(guest, ring);
}

static void reclaim(struct guest *guest)
{
	uint32_t len;
	int id;

	while ((id = ring_take(&guest->queue[0].tx, &len)) >= 0)
		guest->tx_free[guest->tx_count++] = id;
}

static uint8_t *tx_buf(struct guest *guest)
{
	uint8_t *buf = ring_buf(&guest->queue[0].tx, guest->tx_free[guest->tx_count - 1]);

	memset(buf, 0, VNET_HDR);
	return buf + VNET_HDR;
}

static void tx_give(struct guest *guest, size_t len)
{
	ring_give(&guest->queue[0].tx, guest->tx_free[--guest->tx_count], VNET_HDR + len, 0);
}

static void announce(struct guest *guest)
{
	reclaim(guest);
	if (!guest->tx_count)
		return;
	tx_give(guest, frame_announce(tx_buf(guest), guest->mac));
	ring_kick(&guest->queue[0].tx);
}

static void transmit(struct guest *guest)
{
	uint64_t now = clock_ns();
	unsigned int due;

	drain(guest->timer);
	reclaim(guest);
	for (due = stream_due(&guest->tx, now); due; due--) {
		if (!guest->tx_count) {
			guest->tx.skipped += due;
			break;
		}
		tx_give(guest, stream_next(&guest->tx, tx_buf(guest), now));
	}
	ring_kick(&guest->queue[0].tx);
}

static void set_timer(struct guest *guest, bool on)
{
	const struct itimerspec tick = {
		.it_interval.tv_nsec = on ? TICK_NS : 0,
		.it_value.tv_nsec = on ? TICK_NS : 0,
	};

	timerfd_settime(guest->timer, 0, &tick, NULL);
}

static struct json_object *do_stats(void *ctx, int argc, char **argv, const char **error)
{
	struct guest *guest = ctx;
	struct json_object *reply = receiver_json(&guest->rx);

	(void)argc, (void)argv, (void)error;
	json_object_object_add(reply, "tx", stream_json(&guest->tx));
	return reply;
}

static struct json_object *do_flows(void *ctx, int argc, char **argv, const char **error)
{
	struct guest *guest = ctx;

	(void)argc, (void)argv, (void)error;
	return receiver_flows_json(&guest->rx);
}

static struct json_object *do_reset(void *ctx, int argc, char **argv, const char **error)
{
	struct guest *guest = ctx;

	(void)argc, (void)argv, (void)error;
	receiver_reset(&guest->rx);
	return ctl_done();
}

static struct json_object *do_announce(void *ctx, int argc, char **argv, const char **error)
{
	(void)argc, (void)argv, (void)error;
	announce(ctx);
	return ctl_done();
}

/* send MAC VM [OPTION VALUE]...: one stream at a time; rate 0 pauses it. */
static struct json_object *do_send(void *ctx, int argc, char **argv, const char **error)
{
	struct guest *guest = ctx;

	guest->tx.spec.vm = atoi(argv[1]);
	*error = "not a MAC address";
	if (!mac_parse(argv[0], guest->tx.spec.dst))
		return NULL;
	*error = stream_options(&guest->tx, argc - 2, argv + 2, clock_ns());
	set_timer(guest, guest->tx.rate);
	return *error ? NULL : ctl_done();
}

static struct json_object *do_quit(void *ctx, int argc, char **argv, const char **error)
{
	struct guest *guest = ctx;

	(void)argc, (void)argv, (void)error;
	guest->quit = true;
	return ctl_done();
}

static const struct ctl_verb guest_verbs[] = {
	{ "stats", "stats", 0, do_stats },
	{ "flows", "flows", 0, do_flows },
	{ "reset", "reset", 0, do_reset },
	{ "announce", "announce", 0, do_announce },
	{ "send", "send MAC VM [rate N] [count N] [flows N] [size N] [vlan N] [ipv6]", 2, do_send },
	{ "quit", "quit", 0, do_quit },
	{}
};

static void watch(int epoll, int fd, unsigned int what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = what };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		err(1, "epoll_ctl");
}

enum { WATCH_CTL = QUEUES_MAX, WATCH_TIMER };

static void run(struct guest *guest)
{
	struct epoll_event events[QUEUES_MAX + 2];
	int epoll = epoll_create1(EPOLL_CLOEXEC), n, i;
	unsigned int q;

	for (q = 0; q < guest->queues; q++)
		watch(epoll, guest->queue[q].rx.call, q);
	watch(epoll, guest->ctl.listener, WATCH_CTL);
	watch(epoll, guest->timer, WATCH_TIMER);

	while (!guest->quit) {
		n = epoll_wait(epoll, events, QUEUES_MAX + 2, -1);
		for (i = 0; i < n; i++) {
			if (events[i].data.u32 == WATCH_CTL)
				ctl_serve(&guest->ctl);
			else if (events[i].data.u32 == WATCH_TIMER)
				transmit(guest);
			else
				receive(guest, &guest->queue[events[i].data.u32].rx);
		}
	}
}

static void usage(void)
{
	errx(2, "usage: miniguest --vm ID --mac MAC --tap NAME --ctl SOCKET\n"
	     "       [--queues N] [--node /dev/tapN] [--beside /dev/vhost-KIND]... [--kthread]");
}

/**
 * struct options - the command line
 * @tap: name of the tap
 * @node: device node it is opened by
 * @ctl: path of the control socket
 * @beside: vhost devices of other kinds to open too, @others of them
 * @kthread: have kernel threads as workers
 */
struct options {
	const char *tap;
	const char *node;
	const char *ctl;
	const char *beside[OTHERS_MAX];
	unsigned int others;
	bool kthread;
};

static void set_option(struct guest *guest, struct options *options, int opt)
{
	switch (opt) {
	case 'v':
		guest->rx.vm = atoi(optarg);
		break;
	case 'm':
		if (!mac_parse(optarg, guest->mac))
			errx(2, "%s: not a MAC address", optarg);
		break;
	case 't':
		options->tap = optarg;
		break;
	case 'c':
		options->ctl = optarg;
		break;
	case 'q':
		guest->queues = atoi(optarg);
		break;
	case 'n':
		options->node = optarg;
		break;
	case 'b':
		if (options->others == OTHERS_MAX)
			usage();
		options->beside[options->others++] = optarg;
		break;
	case 'k':
		options->kthread = true;
		break;
	default:
		usage();
	}
}

static void parse(struct guest *guest, struct options *options, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "vm", required_argument, NULL, 'v' },
		{ "mac", required_argument, NULL, 'm' },
		{ "tap", required_argument, NULL, 't' },
		{ "ctl", required_argument, NULL, 'c' },
		{ "queues", required_argument, NULL, 'q' },
		{ "node", required_argument, NULL, 'n' },
		{ "beside", required_argument, NULL, 'b' },
		{ "kthread", no_argument, NULL, 'k' },
		{}
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1)
		set_option(guest, options, opt);
	if (!options->tap || !options->ctl || guest->queues < 1 || guest->queues > QUEUES_MAX)
		usage();
}

static void start(struct guest *guest, const struct options *options)
{
	unsigned int q, i;

	for (q = 0; q < guest->queues; q++)
		if (vhost_open(&guest->queue[q], options->node, options->tap,
			       guest->queues > 1, options->kthread) < 0)
			err(1, "%s: cannot start vhost-net", options->tap);
	for (i = 0; i < options->others; i++)
		if (vhost_other_open(options->beside[i]) < 0)
			err(1, "%s", options->beside[i]);
	for (guest->tx_count = 0; guest->tx_count < RING_SIZE; guest->tx_count++)
		guest->tx_free[guest->tx_count] = guest->tx_count;
	guest->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (guest->timer < 0 || ctl_open(&guest->ctl, options->ctl) < 0)
		err(1, "%s", options->ctl);
}

int main(int argc, char **argv)
{
	struct options options = { .node = "/dev/net/tun" };
	static struct guest guest = { .queues = 1 };

	parse(&guest, &options, argc, argv);
	guest.ctl.verbs = guest_verbs;
	guest.ctl.ctx = &guest;
	guest.tx.flows = 1;
	guest.tx.spec.source = guest.rx.vm;
	guest.tx.spec.epoch = (uint32_t)clock_ns();
	memcpy(guest.tx.spec.src, guest.mac, MAC_LEN);
	signal(SIGPIPE, SIG_IGN);

	start(&guest, &options);
	announce(&guest);
	run(&guest);
	unlink(options.ctl);
	return 0;
}
