// SPDX-License-Identifier: GPL-2.0-only
/* The meters of a PNIC: which NAPI serves which rx queue. */
#include <linux/slab.h>
#include <net/netdev_rx_queue.h>

#include "core.h"
#include "meter.h"

static void queue_unmeter(struct rsse_queue *queue)
{
	struct rsse_napi_meter *meter = queue->meter;

	mutex_lock(&rsse_lock);
	queue->meter = NULL;
	queue->last_busy_ns = 0;
	queue->last_polls = 0;
	queue->last_full_polls = 0;
	queue->last_packets = 0;
	mutex_unlock(&rsse_lock);
	if (meter)
		rsse_napi_meter_del(meter);
}

static void queue_meter(struct rsse_queue *queue, struct napi_struct *napi)
{
	struct rsse_napi_meter *meter;

	if (queue->meter && napi && rsse_napi_meter_fits(queue->meter, napi))
		return;
	queue_unmeter(queue);
	if (!napi)
		return;
	meter = rsse_napi_meter_add(napi);
	if (!meter) {
		rsse_warn(queue->pnic, "no memory to meter rx queue %u\n",
			  queue->index);
		return;
	}
	mutex_lock(&rsse_lock);
	queue->meter = meter;
	mutex_unlock(&rsse_lock);
}

void rsse_pnic_resolve(struct rsse_pnic *pnic)
{
	unsigned int i;

	ASSERT_RTNL();
	WRITE_ONCE(pnic->resolve, false);
	if (pnic->mode == RSS_ENGINE_MODE_OFF)
		return;
	for (i = 0; i < pnic->nr_queues; i++) {
		struct napi_struct *napi = NULL;

		if (i < pnic->dev->real_num_rx_queues)
			napi = __netif_get_rx_queue(pnic->dev, i)->napi;
		queue_meter(pnic->queues[i], napi);
	}
}

void rsse_pnic_meters_stop(struct rsse_pnic *pnic)
{
	struct rsse_sampling *sampling = pnic->sampling;
	struct rsse_look *look = pnic->look;
	unsigned int i;

	mutex_lock(&rsse_lock);
	pnic->sampling = NULL;
	pnic->look = NULL;
	rsse_agenda_drop(pnic);
	pnic->nr_written = 0;
	mutex_unlock(&rsse_lock);

	rsse_entries_drop(pnic);
	for (i = 0; i < pnic->nr_queues; i++)
		queue_unmeter(pnic->queues[i]);
	rsse_look_destroy(look);
	rsse_sampling_destroy(sampling);
	rsse_meter_stop();
}

int rsse_pnic_meters_start(struct rsse_pnic *pnic)
{
	struct rsse_sampling *sampling;
	struct rsse_look *look;
	int err;

	err = rsse_meter_start();
	if (err)
		return err;
	err = -ENOMEM;
	look = rsse_look_create(pnic->dev, pnic->nr_queues);
	if (!look)
		goto stop_meter;
	sampling = rsse_sampling_create(pnic);
	if (!sampling)
		goto destroy_look;

	mutex_lock(&rsse_lock);
	pnic->look = look;
	pnic->sampling = sampling;
	mutex_unlock(&rsse_lock);
	return 0;

destroy_look:
	rsse_look_destroy(look);
stop_meter:
	rsse_meter_stop();
	return err;
}
