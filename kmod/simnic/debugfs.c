// SPDX-License-Identifier: GPL-2.0-only
/*
 * Settings that real NICs do not have. Handlers take no RTNL: the directory
 * is removed under it and waits for them.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "simnic.h"

static struct dentry *simnic_debugfs_root;

static int simnic_cpu_get(void *data, u64 *val)
{
	struct simnic_rxq *q = data;

	*val = READ_ONCE(q->cpu);
	return 0;
}

static int simnic_cpu_set(void *data, u64 val)
{
	struct simnic_rxq *q = data;

	if (val >= nr_cpu_ids || !cpu_online(val))
		return -EINVAL;
	WRITE_ONCE(q->cpu, val);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(simnic_cpu_fops, simnic_cpu_get, simnic_cpu_set, "%llu\n");

static int simnic_cost_get(void *data, u64 *val)
{
	struct simnic_rxq *q = data;

	*val = READ_ONCE(q->cost_ns);
	return 0;
}

static int simnic_cost_set(void *data, u64 val)
{
	struct simnic_rxq *q = data;

	if (val > SIMNIC_MAX_COST_NS)
		return -ERANGE;
	WRITE_ONCE(q->cost_ns, val);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(simnic_cost_fops, simnic_cost_get, simnic_cost_set, "%llu\n");

static int simnic_cost_all_set(void *data, u64 val)
{
	struct simnic *nic = data;
	unsigned int i;

	if (val > SIMNIC_MAX_COST_NS)
		return -ERANGE;
	for (i = 0; i < nic->dev->num_rx_queues; i++)
		WRITE_ONCE(nic->rxq[i].cost_ns, val);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(simnic_cost_all_fops, NULL, simnic_cost_all_set, "%llu\n");

static int simnic_drop_get(void *data, u64 *val)
{
	struct simnic *nic = data;

	*val = READ_ONCE(nic->drop_after_napi);
	return 0;
}

static int simnic_drop_set(void *data, u64 val)
{
	struct simnic *nic = data;

	if (val > 1)
		return -ERANGE;
	WRITE_ONCE(nic->drop_after_napi, val);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(simnic_drop_fops, simnic_drop_get, simnic_drop_set, "%llu\n");

static int simnic_contexts_get(void *data, u64 *val)
{
	struct simnic *nic = data;

	*val = READ_ONCE(nic->max_contexts);
	return 0;
}

static int simnic_contexts_set(void *data, u64 val)
{
	struct simnic *nic = data;

	if (!val || val > SIMNIC_MAX_CONTEXTS)
		return -ERANGE;
	WRITE_ONCE(nic->max_contexts, val);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(simnic_contexts_fops, simnic_contexts_get,
			 simnic_contexts_set, "%llu\n");

static int simnic_delay_get(void *data, u64 *val)
{
	struct simnic *nic = data;

	*val = READ_ONCE(nic->op_delay_ms);
	return 0;
}

static int simnic_delay_set(void *data, u64 val)
{
	struct simnic *nic = data;

	if (val > SIMNIC_MAX_DELAY_MS)
		return -ERANGE;
	WRITE_ONCE(nic->op_delay_ms, val);
	return 0;
}

DEFINE_DEBUGFS_ATTRIBUTE(simnic_delay_fops, simnic_delay_get, simnic_delay_set, "%llu\n");

static int simnic_fail_seq(struct seq_file *m, void *v)
{
	simnic_fail_show(m->private, m);
	return 0;
}

static int simnic_fail_open(struct inode *inode, struct file *file)
{
	return single_open(file, simnic_fail_seq, inode->i_private);
}

static ssize_t simnic_fail_write(struct file *file, const char __user *from,
				 size_t count, loff_t *pos)
{
	struct simnic *nic = ((struct seq_file *)file->private_data)->private;
	char line[64];
	int err;

	if (*pos || count >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, from, count))
		return -EFAULT;
	line[count] = '\0';
	err = simnic_fail_arm(nic, line);
	return err ?: count;
}

static const struct file_operations simnic_fail_fops = {
	.owner		= THIS_MODULE,
	.open		= simnic_fail_open,
	.read		= seq_read,
	.write		= simnic_fail_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static void simnic_debugfs_queue(struct simnic_rxq *q, struct dentry *queues)
{
	struct dentry *dir;
	char name[12];

	snprintf(name, sizeof(name), "%u", q->index);
	dir = debugfs_create_dir(name, queues);
	debugfs_create_file("cpu", 0600, dir, q, &simnic_cpu_fops);
	debugfs_create_file("cost_ns", 0600, dir, q, &simnic_cost_fops);
}

/*
 * The name a NIC was created with; with a number behind it while another one
 * has it, in another network namespace or renamed since. RTNL makes lookup
 * and creation one step.
 */
static struct dentry *simnic_debugfs_dir(const char *nic_name)
{
	char name[IFNAMSIZ + 12];
	struct dentry *taken;
	unsigned int i = 0;

	strscpy(name, nic_name);
	while ((taken = debugfs_lookup(name, simnic_debugfs_root))) {
		dput(taken);
		snprintf(name, sizeof(name), "%s.%u", nic_name, ++i);
	}
	return debugfs_create_dir(name, simnic_debugfs_root);
}

/**
 * simnic_debugfs_add() - make a NIC's directory
 * @nic: registered NIC
 *
 * Context: RTNL.
 */
void simnic_debugfs_add(struct simnic *nic)
{
	struct dentry *dir = simnic_debugfs_dir(nic->dev->name), *queues;
	unsigned int i;

	nic->debugfs = dir;
	debugfs_create_file("cost_ns", 0200, dir, nic, &simnic_cost_all_fops);
	debugfs_create_file("drop_after_napi", 0600, dir, nic, &simnic_drop_fops);
	debugfs_create_file("max_contexts", 0600, dir, nic, &simnic_contexts_fops);
	debugfs_create_file("fail_next", 0600, dir, nic, &simnic_fail_fops);
	debugfs_create_file("op_delay_ms", 0600, dir, nic, &simnic_delay_fops);
	queues = debugfs_create_dir("queues", dir);
	for (i = 0; i < nic->dev->num_rx_queues; i++)
		simnic_debugfs_queue(&nic->rxq[i], queues);
}

/**
 * simnic_debugfs_remove() - remove a NIC's directory, wait for its users
 * @nic: NIC, with or without a directory
 *
 * Context: RTNL.
 */
void simnic_debugfs_remove(struct simnic *nic)
{
	debugfs_remove_recursive(nic->debugfs);
	nic->debugfs = NULL;
}

/**
 * simnic_debugfs_init() - make the directory that the NICs' are in
 */
void simnic_debugfs_init(void)
{
	simnic_debugfs_root = debugfs_create_dir(SIMNIC_KIND, NULL);
}

/**
 * simnic_debugfs_exit() - remove it, after the last NIC
 */
void simnic_debugfs_exit(void)
{
	debugfs_remove_recursive(simnic_debugfs_root);
}
