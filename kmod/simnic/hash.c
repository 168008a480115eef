// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of a packet is hashed.
 */
#include "simnic.h"
#include "toeplitz.h"

#define SIMNIC_RXH_L3	(RXH_IP_SRC | RXH_IP_DST)
#define SIMNIC_RXH_L4	(RXH_L4_B_0_1 | RXH_L4_B_2_3)

/**
 * simnic_hash_init() - hash addresses and ports
 * @nic: NIC that nobody can see yet
 */
void simnic_hash_init(struct simnic *nic)
{
	nic->l4_hash = BIT(SIMNIC_HASH_TCP4) | BIT(SIMNIC_HASH_UDP4) |
		       BIT(SIMNIC_HASH_TCP6) | BIT(SIMNIC_HASH_UDP6);
}

static bool simnic_hashes_ports(const struct simnic *nic, const struct simnic_key *key)
{
	unsigned int flow;

	if (!key->ports)
		return false;
	if (key->l3 == 4)
		flow = key->l4 == IPPROTO_TCP ? SIMNIC_HASH_TCP4 : SIMNIC_HASH_UDP4;
	else
		flow = key->l4 == IPPROTO_TCP ? SIMNIC_HASH_TCP6 : SIMNIC_HASH_UDP6;
	return test_bit(flow, &nic->l4_hash);
}

/**
 * simnic_hash_packet() - the Toeplitz hash of a packet
 * @nic: NIC
 * @rss_key: hash key
 * @key: the packet's
 * @hash: set; type PKT_HASH_TYPE_NONE and value 0 for what is not IP
 *
 * Context: Any.
 */
void simnic_hash_packet(const struct simnic *nic, const u8 *rss_key,
			const struct simnic_key *key, struct simnic_hash *hash)
{
	unsigned int addr = key->l3 == 4 ? sizeof(__be32) : sizeof(struct in6_addr);
	u8 input[2 * sizeof(struct in6_addr) + 2 * sizeof(__be16)];
	unsigned int len = 2 * addr;

	static_assert(sizeof(input) + sizeof(u32) <= SIMNIC_KEY_SIZE);
	hash->value = 0;
	hash->type = PKT_HASH_TYPE_NONE;
	if (!key->l3)
		return;
	memcpy(input, &key->src, addr);
	memcpy(input + addr, &key->dst, addr);
	hash->type = PKT_HASH_TYPE_L3;
	if (simnic_hashes_ports(nic, key)) {
		memcpy(input + len, &key->sport, sizeof(__be16));
		memcpy(input + len + sizeof(__be16), &key->dport, sizeof(__be16));
		len += 2 * sizeof(__be16);
		hash->type = PKT_HASH_TYPE_L4;
	}
	hash->value = simnic_toeplitz(rss_key, input, len);
}

/* Returns the bit of &simnic.l4_hash, or -1 where only addresses are hashed */
static int simnic_flow_bit(u32 flow_type)
{
	switch (flow_type) {
	case TCP_V4_FLOW:
		return SIMNIC_HASH_TCP4;
	case UDP_V4_FLOW:
		return SIMNIC_HASH_UDP4;
	case TCP_V6_FLOW:
		return SIMNIC_HASH_TCP6;
	case UDP_V6_FLOW:
		return SIMNIC_HASH_UDP6;
	default:
		return -1;
	}
}

static bool simnic_flow_is_ip(u32 flow_type)
{
	switch (flow_type) {
	case SCTP_V4_FLOW:
	case AH_ESP_V4_FLOW:
	case AH_V4_FLOW:
	case ESP_V4_FLOW:
	case IPV4_FLOW:
	case SCTP_V6_FLOW:
	case AH_ESP_V6_FLOW:
	case AH_V6_FLOW:
	case ESP_V6_FLOW:
	case IPV6_FLOW:
		return true;
	default:
		return false;
	}
}

/**
 * simnic_get_rxfh_fields() - ethtool operation: what is hashed of a flow type
 * @dev: NIC end
 * @fields: @data is set
 *
 * Context: RTNL.
 * Return: 0, or -EOPNOTSUPP where nothing is.
 */
int simnic_get_rxfh_fields(struct net_device *dev, struct ethtool_rxfh_fields *fields)
{
	struct simnic *nic = netdev_priv(dev);
	int bit = simnic_flow_bit(fields->flow_type);

	if (bit < 0 && !simnic_flow_is_ip(fields->flow_type))
		return -EOPNOTSUPP;
	fields->data = SIMNIC_RXH_L3;
	if (bit >= 0 && test_bit(bit, &nic->l4_hash))
		fields->data |= SIMNIC_RXH_L4;
	return 0;
}

/**
 * simnic_set_rxfh_fields() - ethtool operation: hash ports or not
 * @dev: NIC end
 * @fields: both addresses, with or without both ports
 * @extack: told what is wrong, may be NULL
 *
 * Context: RTNL.
 * Return: 0, -EOPNOTSUPP or -EINVAL.
 */
int simnic_set_rxfh_fields(struct net_device *dev,
			   const struct ethtool_rxfh_fields *fields,
			   struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);
	int bit = simnic_flow_bit(fields->flow_type);
	bool l4 = fields->data == (SIMNIC_RXH_L3 | SIMNIC_RXH_L4);

	if (bit < 0 && !simnic_flow_is_ip(fields->flow_type)) {
		NL_SET_ERR_MSG_MOD(extack, "this flow type is not hashed");
		return -EOPNOTSUPP;
	}
	if ((!l4 && fields->data != SIMNIC_RXH_L3) || (l4 && bit < 0)) {
		NL_SET_ERR_MSG_MOD(extack,
				   "hashed are both addresses, and for TCP and UDP both ports");
		return -EINVAL;
	}
	if (bit >= 0)
		assign_bit(bit, &nic->l4_hash, l4);
	return 0;
}
