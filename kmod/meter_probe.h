/* SPDX-License-Identifier: GPL-2.0-only */
/* What the meters share among themselves. */
#ifndef RSSE_METER_PROBE_H
#define RSSE_METER_PROBE_H

struct napi_struct;

/*
 * meter_napi.c and meter_task.c: a softirq begins and ends on this CPU. Called
 * by probes, with preemption off.
 */
void rsse_napi_softirq_edge(void);
void rsse_task_softirq_begin(void);
void rsse_task_softirq_end(void);
void rsse_napi_polled(void *data, struct napi_struct *napi, int work,
		      int budget);
/* No probe runs any more: forget softirqs whose end nobody will report. */
void rsse_napi_softirq_forget(void);
void rsse_task_softirq_forget(void);

/* meter_look.c */
int rsse_look_init(void);
void rsse_look_exit(void);

#endif /* RSSE_METER_PROBE_H */
