/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SIMNIC_H
#define SIMNIC_H

#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/seqlock.h>
#include <linux/smp.h>
#include <linux/u64_stats_sync.h>

#define SIMNIC_KIND		"rss_simnic"
#define SIMNIC_MAX_QUEUES	128
#define SIMNIC_MAX_MTU		9600
#define SIMNIC_MAX_COST_NS	10000000	/* one packet, 10 ms */

#define SIMNIC_MAX_USECS	10000		/* from packet to interrupt */
#define SIMNIC_MAX_DELAY_MS	1000		/* of an operation */

#define SIMNIC_DEF_RING		512
#define SIMNIC_MAX_RING		16384

#define SIMNIC_INDIR_SIZE	256
#define SIMNIC_KEY_SIZE		40	/* IPv6 4-tuple (36 bytes) and 4 more */
#define SIMNIC_MAX_CONTEXTS	256	/* context 0 included */
#define SIMNIC_DEF_CONTEXTS	32

/* more addresses than this open the filter, as in small hardware tables */
#define SIMNIC_FILTER_MACS	64

#define SIMNIC_RULES		1024
#define SIMNIC_RULE_HASH_BITS	8

struct dentry;
struct seq_file;
struct simnic;

/**
 * struct simnic_key - what of a packet rules and the hash can look at
 * @dmac: destination MAC
 * @smac: source MAC
 * @proto: EtherType behind all VLAN tags
 * @tci: outer VLAN tag, 0 without one
 * @l3: 4, 6, or 0 for what is not IP or is malformed
 * @l4: IP protocol behind all extension headers
 * @tagged: 1 if there is a VLAN tag
 * @ports: 1 if @sport and @dport are known: TCP or UDP, no fragment
 * @sport: source port
 * @dport: destination port
 * @src: source address; an IPv4 address takes the first four bytes
 * @dst: destination address, likewise
 *
 * Unused fields are zero, there is no padding: keys are compared as words.
 */
struct simnic_key {
	u8		dmac[ETH_ALEN];
	u8		smac[ETH_ALEN];
	__be16		proto;
	__be16		tci;
	u8		l3;
	u8		l4;
	u8		tagged;
	u8		ports;
	__be16		sport;
	__be16		dport;
	struct in6_addr	src;
	struct in6_addr	dst;
} __aligned(sizeof(unsigned long));

/* How a packet's hash came about */
struct simnic_hash {
	u32			value;
	enum pkt_hash_types	type;
};

/**
 * struct simnic_rss - one RSS context, immutable once published
 * @rcu: frees it after the last packet has used it
 * @indir: queue of each hash bucket
 * @key: Toeplitz key
 */
struct simnic_rss {
	struct rcu_head	rcu;
	u8		indir[SIMNIC_INDIR_SIZE];
	u8		key[SIMNIC_KEY_SIZE];
};

/**
 * struct simnic_rule - one ntuple rule, immutable once published
 * @rcu: frees it after the last packet has used it
 * @node: in &simnic_ntuple.exact or &simnic_ntuple.other
 * @value: fields to match, already masked
 * @mask: bits of @value that count
 * @fs: the rule as userspace gave it; @fs.location is its priority, the
 *	lowest wins
 * @context: RSS context, where @fs.flow_type has FLOW_RSS
 */
struct simnic_rule {
	struct rcu_head			rcu;
	struct hlist_node		node;
	struct simnic_key		value;
	struct simnic_key		mask;
	struct ethtool_rx_flow_spec	fs;
	u32				context;
};

/**
 * struct simnic_ntuple - the rules of a NIC
 * @lock: written with BHs off around each change of the lists, so that a
 *	reader that met the middle of a replacement looks again
 * @exact: rules that match all 48 bits of a destination MAC, by that MAC
 * @other: all other rules
 * @at: the rule at each location; under RTNL
 * @count: rules in @at; under RTNL
 */
struct simnic_ntuple {
	seqlock_t		lock;
	struct hlist_head	exact[1 << SIMNIC_RULE_HASH_BITS];
	struct hlist_head	other;
	struct simnic_rule	*at[SIMNIC_RULES];
	unsigned int		count;
};

/* Where a rule sends a packet */
enum simnic_action {
	SIMNIC_TO_CONTEXT,
	SIMNIC_TO_QUEUE,
	SIMNIC_DISCARD,
};

/**
 * struct simnic_verdict - what a rule says about a packet
 * @action: where it goes
 * @target: context or queue, by @action
 */
struct simnic_verdict {
	enum simnic_action	action;
	u32			target;
};

/* Bits of &simnic_rxq.flags */
enum {
	SIMNIC_RXQ_UP,		/* takes packets; written under RTNL */
	SIMNIC_RXQ_MASKED,	/* no interrupt until NAPI has completed */
	SIMNIC_RXQ_IRQ,		/* an interrupt is on its way */
};

/**
 * struct simnic_rxq_stats - counters that only the queue's NAPI poll writes
 * @packets: packets taken from the ring
 * @bytes: their bytes, Ethernet header included
 * @polls: NAPI polls
 * @full_polls: polls that used up their budget
 * @spun_ns: time spent in the simulated per-packet cost
 * @poll_drops: packets freed in the poll because drop_after_napi is set
 */
struct simnic_rxq_stats {
	u64_stats_t	packets;
	u64_stats_t	bytes;
	u64_stats_t	polls;
	u64_stats_t	full_polls;
	u64_stats_t	spun_ns;
	u64_stats_t	poll_drops;
};

/**
 * struct simnic_rxq - a receive queue; lives as long as its NIC
 * @napi: exists while the NIC is up and the queue is one of its channels
 * @nic: owner
 * @ring: packets that wait for the poll, bounded by &simnic.ring_size
 * @irq: the interrupt
 * @delay: puts the interrupt off by &simnic.rx_usecs
 * @flags: SIMNIC_RXQ_* bits
 * @index: number of the queue
 * @cpu: CPU that the interrupt is raised on
 * @cost_ns: time to spin for each packet in the poll
 * @drops: packets that found the ring full or the queue going down
 * @sync: guards @stats
 * @stats: see there
 */
struct simnic_rxq {
	struct napi_struct	napi;
	struct simnic		*nic;
	struct sk_buff_head	ring;
	call_single_data_t	irq;
	struct hrtimer		delay;
	unsigned long		flags;
	unsigned int		index;
	unsigned int		cpu;
	u32			cost_ns;
	atomic64_t		drops;
	struct u64_stats_sync	sync;
	struct simnic_rxq_stats	stats;
} ____cacheline_aligned_in_smp;

/* A transmit queue's counters; written under its netdev_queue's lock */
struct simnic_txq {
	struct u64_stats_sync	sync;
	u64_stats_t		packets;
	u64_stats_t		bytes;
};

/* Packets that no queue has counted */
enum simnic_drop {
	SIMNIC_DROP_FILTER,	/* not for one of the NIC's MACs */
	SIMNIC_DROP_LENGTH,	/* shorter than a header or longer than the MTU */
	SIMNIC_DROP_RULE,	/* a rule says discard */
	SIMNIC_DROP_DOWN,	/* the NIC or the queue is down */
	SIMNIC_DROP_TX,		/* sent while the wire was down or refused it */
	SIMNIC_DROP_MAX
};

/* Operations that can be told to fail */
enum simnic_fail_op {
	SIMNIC_FAIL_CTX_CREATE,
	SIMNIC_FAIL_CTX_MODIFY,
	SIMNIC_FAIL_CTX_REMOVE,
	SIMNIC_FAIL_RULE_INSERT,
	SIMNIC_FAIL_RULE_DELETE,
	SIMNIC_FAIL_SET_RXFH,
	SIMNIC_FAIL_SET_CHANNELS,
	SIMNIC_FAIL_MAX
};

struct simnic_fail {
	atomic_t	after;	/* calls that come first and do not fail */
	atomic_t	left;	/* calls that will still fail */
	int		err;	/* positive errno */
};

/**
 * struct simnic_filter - the MACs that the NIC takes, immutable once published
 * @rcu: frees it after the last packet has used it
 * @promisc: takes every unicast packet
 * @allmulti: takes every multicast packet
 * @count: addresses in @mac
 * @mac: unicast and multicast addresses besides the NIC's own
 */
struct simnic_filter {
	struct rcu_head	rcu;
	bool		promisc;
	bool		allmulti;
	unsigned int	count;
	u8		mac[SIMNIC_FILTER_MACS][ETH_ALEN];
};

/* Indices of &simnic.l4_hash bits: flow types whose ports are hashed */
enum {
	SIMNIC_HASH_TCP4,
	SIMNIC_HASH_UDP4,
	SIMNIC_HASH_TCP6,
	SIMNIC_HASH_UDP6,
};

/**
 * struct simnic - private data of a NIC end
 * @dev: its net_device
 * @wire: the wire end; NULL from the deletion of the pair on
 * @rxq: receive queues, one for each that the net_device has room for
 * @txq: transmit queues, as many
 * @filter: MAC filter
 * @rss: RSS contexts by id; written under RTNL, 0 always exists
 * @ntuple: rules
 * @l4_hash: flow types whose ports are hashed
 * @ring_size: packets that each ring holds
 * @rx_usecs: from a packet that finds no interrupt masked to the interrupt
 * @max_contexts: contexts the NIC has resources for, context 0 included
 * @op_delay_ms: what operations that change something take longer
 * @drop_after_napi: free packets in the poll after their cost was spent
 * @drops: packets lost outside of the queues
 * @fail: operations told to fail
 * @debugfs: directory of the NIC
 */
struct simnic {
	struct net_device		*dev;
	struct net_device __rcu		*wire;
	struct simnic_rxq		*rxq;
	struct simnic_txq		*txq;
	struct simnic_filter __rcu	*filter;
	struct simnic_rss __rcu		*rss[SIMNIC_MAX_CONTEXTS];
	struct simnic_ntuple		ntuple;
	unsigned long			l4_hash;
	u32				ring_size;
	u32				rx_usecs;
	u32				max_contexts;
	u32				op_delay_ms;
	bool				drop_after_napi;
	atomic64_t			drops[SIMNIC_DROP_MAX];
	struct simnic_fail		fail[SIMNIC_FAIL_MAX];
	struct dentry			*debugfs;
};

/* Private data of a wire end */
struct simnic_wire {
	struct net_device __rcu	*nic;
};

static inline void simnic_count_drop(struct simnic *nic, enum simnic_drop why)
{
	atomic64_inc(&nic->drops[why]);
}

/* nic.c */
void simnic_nic_setup(struct net_device *dev);
bool simnic_cross(struct sk_buff *skb);

/* wire.c */
void simnic_wire_setup(struct net_device *dev);

/* parent.c */
int simnic_parent_add(struct net_device *dev);
void simnic_parent_del(struct net_device *dev);

/* rx.c */
void simnic_rxq_init(struct simnic_rxq *q, struct simnic *nic, unsigned int index);
void simnic_queues_up(struct simnic *nic, unsigned int from, unsigned int to);
void simnic_queues_down(struct simnic *nic, unsigned int from, unsigned int to);
void simnic_receive(struct simnic *nic, struct sk_buff *skb);

/* filter.c */
void simnic_filter_update(struct net_device *dev);
bool simnic_filter_pass(const struct simnic *nic, const u8 *dmac);

/* flow.c */
void simnic_flow_parse(const struct sk_buff *skb, struct simnic_key *key);

/* hash.c */
void simnic_hash_init(struct simnic *nic);
void simnic_hash_packet(const struct simnic *nic, const u8 *rss_key,
			const struct simnic_key *key, struct simnic_hash *hash);
int simnic_get_rxfh_fields(struct net_device *dev, struct ethtool_rxfh_fields *fields);
int simnic_set_rxfh_fields(struct net_device *dev,
			   const struct ethtool_rxfh_fields *fields,
			   struct netlink_ext_ack *extack);

/* rss.c */
int simnic_rss_init(struct simnic *nic);
void simnic_rss_free(struct simnic *nic);
bool simnic_rss_exists(const struct simnic *nic, u32 context);
int simnic_rss_respread(struct simnic *nic, unsigned int queues);
unsigned int simnic_rss_queue(const struct simnic *nic, u32 context,
			      const struct simnic_key *key, struct simnic_hash *hash);
int simnic_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh);
int simnic_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *rxfh,
		    struct netlink_ext_ack *extack);
int simnic_create_context(struct net_device *dev, struct ethtool_rxfh_context *ctx,
			  const struct ethtool_rxfh_param *rxfh,
			  struct netlink_ext_ack *extack);
int simnic_modify_context(struct net_device *dev, struct ethtool_rxfh_context *ctx,
			  const struct ethtool_rxfh_param *rxfh,
			  struct netlink_ext_ack *extack);
int simnic_remove_context(struct net_device *dev, struct ethtool_rxfh_context *ctx,
			  u32 context, struct netlink_ext_ack *extack);

/* ntuple.c */
void simnic_ntuple_init(struct simnic_ntuple *nt);
void simnic_ntuple_free(struct simnic_ntuple *nt);
bool simnic_ntuple_lookup(struct simnic_ntuple *nt, const struct simnic_key *key,
			  struct simnic_verdict *verdict);
int simnic_ntuple_context_user(const struct simnic_ntuple *nt, u32 context);
int simnic_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info, u32 *locs);
int simnic_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *info);

/* ntuple_spec.c */
const char *simnic_spec_parse(const struct ethtool_rx_flow_spec *fs,
			      struct simnic_key *value, struct simnic_key *mask);

/* ethtool.c */
extern const struct ethtool_ops *simnic_ethtool_ops;
extern const struct ethtool_ops simnic_wire_ethtool_ops;
int simnic_ethtool_init(bool by_set);

/* stats.c */
extern const struct netdev_stat_ops simnic_stat_ops;
void simnic_get_stats64(struct net_device *dev, struct rtnl_link_stats64 *s);
int simnic_sset_count(struct net_device *dev, int set);
void simnic_get_strings(struct net_device *dev, u32 set, u8 *data);
void simnic_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats,
			      u64 *data);

/* fail.c */
int simnic_op_begin(struct simnic *nic, enum simnic_fail_op op,
		    struct netlink_ext_ack *extack);
int simnic_fail_arm(struct simnic *nic, char *words);
void simnic_fail_show(const struct simnic *nic, struct seq_file *m);

/* debugfs.c */
void simnic_debugfs_init(void);
void simnic_debugfs_exit(void);
void simnic_debugfs_add(struct simnic *nic);
void simnic_debugfs_remove(struct simnic *nic);

#endif
