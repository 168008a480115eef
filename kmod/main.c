// SPDX-License-Identifier: GPL-2.0-only
/*
 * rss_engine: measures the receive load of virtual machines and moves them
 * between no RSS engine, a shared engine and a dedicated engine.
 */
#include <linux/module.h>
#include <linux/version.h>

#include "core.h"
#include "meter.h"
#include "netlink.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "rss_engine needs Linux 6.12 or newer"
#endif

/* The structure: see rsse.h. */
DEFINE_MUTEX(rsse_lock);
unsigned int rsse_generation = 1;
LIST_HEAD(rsse_pnics);
LIST_HEAD(rsse_vms);

/* Restore every NIC, forget every VM. */
static void forget_all(void)
{
	struct rsse_pnic *pnic, *next_pnic;
	struct rsse_vm *vm, *next_vm;

	rtnl_lock();
	list_for_each_entry_safe(pnic, next_pnic, &rsse_pnics, list)
		rsse_pnic_del(pnic, false);
	list_for_each_entry_safe(vm, next_vm, &rsse_vms, list)
		rsse_vm_del(vm);
	rtnl_unlock();
}

static int threads_start(void)
{
	int err;

	err = rsse_mover_start();
	if (err)
		return err;
	err = rsse_sampler_start();
	if (err)
		rsse_mover_stop();
	return err;
}

static void threads_stop(void)
{
	rsse_sampler_stop();
	rsse_mover_stop();
}

/* The family comes last: nobody reaches what is half built. */
static int __init rsse_init(void)
{
	int err;

	rsse_config = rsse_config_default;
	err = rsse_sysfs_init();
	if (err)
		return err;
	err = rsse_meter_init();
	if (err)
		goto exit_sysfs;
	err = threads_start();
	if (err)
		goto exit_meter;
	err = rsse_watch_init();
	if (err)
		goto stop_threads;
	err = rsse_netlink_init();
	if (err)
		goto exit_watch;
	return 0;

exit_watch:
	rsse_watch_exit();
stop_threads:
	threads_stop();
exit_meter:
	rsse_meter_exit();
exit_sysfs:
	rsse_sysfs_exit();
	return err;
}

/*
 * 1. The family goes: no new request, and those under way have ended.
 * 2. Every NIC is restored and every VM forgotten, while the notifiers still
 *    tell of devices that vanish.
 * 3. The notifiers go; the replay of UNREGISTER finds nothing.
 * 4. The threads end; nobody is left who would wake them.
 * 5. The meters and sysfs go.
 */
static void __exit rsse_exit(void)
{
	rsse_netlink_exit();
	forget_all();
	rsse_watch_exit();
	threads_stop();
	rsse_meter_exit();
	rsse_sysfs_exit();
}

module_init(rsse_init);
module_exit(rsse_exit);

MODULE_DESCRIPTION("Moves virtual machines between RSS engines by their receive load");
MODULE_AUTHOR("rss-engine developers");
MODULE_LICENSE("GPL");
