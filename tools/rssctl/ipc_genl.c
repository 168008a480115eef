// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's generic netlink family. Nothing above ipc.h knows netlink:
 * requests and replies are the structs of schema.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <linux/rss_engine.h>

#include "ipc.h"
#include "ipc_attr.h"

#define MSG_SIZE	65536		/* greatest length of a nest */
#define EVENT_BUFFER	(1024 * 1024)	/* bytes; some thousand events */
#define SAMPLE_BUFFER	(16 * 1024 * 1024)	/* bytes; seconds, with many VMs */
#define DUMP_TRIES	10		/* a dump that is interrupted is begun anew */

struct ipc {
	struct nl_sock *sock;
	int family;
};

/*
 * What the callbacks of one request share.
 * @schema, @list, @reply: how messages are read, and where they go
 * @error: positive errno of the kernel
 * @message: the kernel's words, if it had any
 */
struct exchange {
	const struct schema *schema;
	struct list *list;
	void *reply;
	bool done;
	bool interrupted;
	int error;
	char *message;
};

static void read_message(struct nl_msg *msg, const struct schema *schema, void *obj)
{
	struct genlmsghdr *head = nlmsg_data(nlmsg_hdr(msg));

	attrs_read(schema, genlmsg_attrdata(head, 0), genlmsg_attrlen(head, 0), obj);
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;
	void *obj = x->list ? list_push(x->list, x->schema->size) : x->reply;

	if (obj)
		read_message(msg, x->schema, obj);
	return NL_OK;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	(void)msg;
	((struct exchange *)arg)->interrupted = true;
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	(void)msg;
	((struct exchange *)arg)->done = true;
	return NL_STOP;
}

/* The kernel's sentence stands in attributes after the fixed part of an error. */
static void read_extack(struct exchange *x, const struct nlmsghdr *hdr, size_t fixed)
{
	struct nlattr *attr;

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS) || hdr->nlmsg_len < NLMSG_HDRLEN + fixed)
		return;
	attr = nla_find((struct nlattr *)((char *)hdr + NLMSG_HDRLEN + fixed),
			(int)(hdr->nlmsg_len - NLMSG_HDRLEN - fixed), NLMSGERR_ATTR_MSG);
	if (attr && !x->message)
		x->message = attr_string(attr);
}

static int on_error(struct sockaddr_nl *peer, struct nlmsgerr *e, void *arg)
{
	const struct nlmsghdr *hdr = (void *)((char *)e - NLMSG_HDRLEN);
	struct exchange *x = arg;
	size_t fixed = sizeof(*e);

	(void)peer;
	/* Unless it is capped, the error repeats the request before its attributes. */
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		fixed += NLMSG_ALIGN(e->msg.nlmsg_len) - NLMSG_HDRLEN;
	x->error = -e->error;
	x->done = true;
	read_extack(x, hdr, fixed);
	return NL_STOP;
}

/* A dump ends with an errno of its own, followed by attributes as an error's. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct exchange *x = arg;
	int error = 0;

	x->done = true;
	if (nlmsg_datalen(hdr) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(hdr), sizeof(error));
	if (error < 0) {
		x->error = -error;
		read_extack(x, hdr, sizeof(error));
	}
	return NL_STOP;
}

static enum rc report(struct exchange *x)
{
	if (x->message)
		err(RC_FAILED, "kernel: %s", x->message);
	else
		err(RC_FAILED, "kernel: %s", strerror(x->error));
	free(x->message);
	return RC_FAILED;
}

/* Read until the kernel says that @x is over. */
static enum rc receive(struct nl_sock *sock, struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret = cb ? 0 : -NLE_NOMEM;

	if (cb) {
		nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);
		nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
		nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
		nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, x);
	}
	while (!ret && !x->done)
		ret = nl_recvmsgs(sock, cb);
	nl_cb_put(cb);
	if (x->error)
		return report(x);
	return ret < 0 ? err(RC_FAILED, "netlink: %s", nl_geterror(ret)) : RC_OK;
}

/* Send @msg, which is used up, and read the answer. */
static enum rc exchange(struct nl_sock *sock, struct nl_msg *msg, struct exchange *x)
{
	int ret = nl_send_auto(sock, msg);

	nlmsg_free(msg);
	if (ret < 0)
		return err(RC_FAILED, "netlink: %s", nl_geterror(ret));
	return receive(sock, x);
}

static struct nl_msg *new_message(struct ipc *ipc, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(MSG_SIZE);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, ipc->family, 0, flags,
				 (__u8)cmd, RSS_ENGINE_FAMILY_VERSION))
		exit(err(RC_FAILED, "out of memory"));
	return msg;
}

/**
 * ipc_do() - have the module do one thing
 * @ipc: the connection
 * @cmd: RSS_ENGINE_CMD_...
 * @schema: of the request and the reply
 * @request: what is set in it is sent; NULL sends none
 * @reply: where the answer goes; NULL when there is none to a success
 */
enum rc ipc_do(struct ipc *ipc, int cmd, const struct schema *schema, const void *request,
	       void *reply)
{
	struct exchange x = { .schema = schema, .reply = reply };
	struct nl_msg *msg = new_message(ipc, cmd, 0);

	if (request && attrs_write(msg, schema, request)) {
		nlmsg_free(msg);
		return err(RC_FAILED, "the request is too long for one message");
	}
	return exchange(ipc->sock, msg, &x);
}

/**
 * ipc_dump() - read all objects of a kind
 * @ipc: the connection
 * @cmd: RSS_ENGINE_CMD_..._GET
 * @schema: of the objects and the request
 * @request: what is set in it is sent; NULL asks for all
 * @list: empty; filled with them, to be cleared also after a failure
 *
 * A dump that a change interrupted is thrown away and begun anew, at most
 * DUMP_TRIES times, so what is printed was true at one time.
 */
enum rc ipc_dump(struct ipc *ipc, int cmd, const struct schema *schema, const void *request,
		 struct list *list)
{
	for (int i = 0; i < DUMP_TRIES; i++) {
		struct exchange x = { .schema = schema, .list = list };
		struct nl_msg *msg = new_message(ipc, cmd, NLM_F_DUMP);
		enum rc rc;

		if (request && attrs_write(msg, schema, request)) {
			nlmsg_free(msg);
			return err(RC_FAILED, "the request is too long for one message");
		}
		rc = exchange(ipc->sock, msg, &x);
		if (rc || !x.interrupted)
			return rc;
		list_clear(schema, list);
	}
	return err(RC_FAILED, "the module changes too fast to be read; try again");
}

static struct nl_sock *open_socket(void)
{
	struct nl_sock *sock = nl_socket_alloc();
	int on = 1;

	if (!sock)
		return NULL;
	if (genl_connect(sock)) {
		nl_socket_free(sock);
		return NULL;
	}
	/* Without these two the kernel's message is lost; old kernels refuse them. */
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return sock;
}

enum rc ipc_open(struct ipc **ipc)
{
	struct nl_sock *sock = open_socket();
	int family;

	if (!sock)
		return err(RC_FAILED, "cannot open a netlink socket: %s", strerror(errno));
	family = genl_ctrl_resolve(sock, RSS_ENGINE_FAMILY_NAME);
	if (family < 0) {
		nl_socket_free(sock);
		return err(RC_FAILED, "no rss_engine here; is the module loaded?");
	}
	*ipc = xcalloc(1, sizeof(**ipc));
	(*ipc)->sock = sock;
	(*ipc)->family = family;
	return RC_OK;
}

void ipc_close(struct ipc *ipc)
{
	if (!ipc)
		return;
	nl_socket_free(ipc->sock);
	free(ipc);
}

/* Version of the family that the kernel has; 0 when it does not tell. */
unsigned int ipc_version(struct ipc *ipc)
{
	unsigned int version = 0;
	struct genl_family *family;
	struct nl_cache *cache;

	if (genl_ctrl_alloc_cache(ipc->sock, &cache))
		return 0;
	family = genl_ctrl_search_by_name(cache, RSS_ENGINE_FAMILY_NAME);
	if (family) {
		version = genl_family_get_version(family);
		genl_family_put(family);
	}
	nl_cache_free(cache);
	return version;
}

/**
 * struct group - a multicast group
 * @name: its name
 * @what: what it carries, for messages
 * @cmd: command of its messages
 * @schema: of what they carry
 * @buffer: of the socket, bytes
 */
struct group {
	const char *name;
	const char *what;
	int cmd;
	const struct schema *schema;
	int buffer;
};

static const struct group groups[] = {
	[IPC_EVENTS] = { RSS_ENGINE_MCGRP_EVENTS, "events", RSS_ENGINE_CMD_EVENT_NTF,
			 &event_schema, EVENT_BUFFER },
	[IPC_SAMPLES] = { RSS_ENGINE_MCGRP_SAMPLES, "samples", RSS_ENGINE_CMD_SAMPLE_NTF,
			  &sample_schema, SAMPLE_BUFFER },
};

struct listening {
	struct ipc_listener *listener;
	enum rc rc;
};

static int on_told(struct nl_msg *msg, void *arg)
{
	struct genlmsghdr *head = nlmsg_data(nlmsg_hdr(msg));
	struct listening *listening = arg;
	const struct group *group = &groups[listening->listener->group];
	void *obj;

	if (head->cmd != group->cmd)
		return NL_SKIP;
	obj = xcalloc(1, group->schema->size);
	read_message(msg, group->schema, obj);
	listening->rc = listening->listener->told(listening->listener, obj);
	obj_clear(group->schema, obj);
	free(obj);
	return listening->rc || listening->listener->stop ? NL_STOP : NL_OK;
}

/* Only CAP_NET_ADMIN may go beyond what the host allows everybody. */
static void set_buffer(struct nl_sock *sock, int size)
{
	if (setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		nl_socket_set_buffer_size(sock, size, 0);
}

static int join(struct ipc *ipc, const struct group *group)
{
	int number = genl_ctrl_resolve_grp(ipc->sock, RSS_ENGINE_FAMILY_NAME, group->name);

	if (number < 0)
		return number;
	nl_socket_disable_seq_check(ipc->sock);
	set_buffer(ipc->sock, group->buffer);
	return nl_socket_add_membership(ipc->sock, number);
}

/* Hand every object to @listener until it has enough; see struct ipc_listener. */
enum rc ipc_listen(struct ipc *ipc, struct ipc_listener *listener)
{
	const struct group *group = &groups[listener->group];
	struct listening listening = { .listener = listener };
	int ret = join(ipc, group);

	if (ret < 0)
		return err(RC_FAILED, "cannot listen to %s: %s", group->what, nl_geterror(ret));
	if (listener->joined)
		listening.rc = listener->joined(listener);
	nl_socket_modify_cb(ipc->sock, NL_CB_VALID, NL_CB_CUSTOM, on_told, &listening);
	while (!listening.rc && !listener->stop) {
		ret = nl_recvmsgs_default(ipc->sock);
		/* libnl's word for ENOBUFS: the socket's buffer was full. */
		if (ret == -NLE_NOMEM)
			listener->lost(listener);
		else if (ret < 0 && ret != -NLE_INTR)
			return err(RC_FAILED, "netlink: %s", nl_geterror(ret));
	}
	return listening.rc;
}
