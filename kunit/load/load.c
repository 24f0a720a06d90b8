// SPDX-License-Identifier: GPL-2.0-only
#include "load.h"

#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/parser.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#define THREADS_MAX	256

static struct dentry *folder;
static load_once once;

/**
 * struct worker - a thread of a run
 * @load: the run
 * @number: its number
 * @task: the thread
 */
struct worker {
	struct load *load;
	u32 number;
	struct task_struct *task;
};

/* -- Running. ------------------------------------------------------------- */

static void count_error(struct load *load, int err)
{
	int i;

	for (i = 0; i < LOAD_ERRORS_MAX; i++) {
		atomic_cmpxchg(&load->errors[i].err, 0, err);
		if (atomic_read(&load->errors[i].err) == err) {
			atomic_inc(&load->errors[i].times);
			return;
		}
	}
}

static void count_time(struct load *load, u32 us, int err)
{
	int slowest = atomic_read(&load->slowest_us);
	int sample;

	while ((int)us > slowest &&
	       !atomic_try_cmpxchg(&load->slowest_us, &slowest, us))
		;
	if (err) {
		count_error(load, err);
		return;
	}
	sample = atomic_inc_return(&load->sampled) - 1;
	if (sample < LOAD_SAMPLES_MAX)
		load->us[sample] = us;
}

static bool more(struct load *load, u32 serial)
{
	return !kthread_should_stop() && ktime_get_ns() < load->end_ns &&
	       (!load->count || serial < load->count);
}

static int work(void *data)
{
	struct worker *worker = data;
	struct load *load = worker->load;
	u32 serial;
	u64 start;
	int err;

	while (serial = atomic_inc_return(&load->begun) - 1, more(load, serial)) {
		start = ktime_get_ns();
		err = once(load, worker->number, serial);
		count_time(load, div_u64(ktime_get_ns() - start, 1000), err);
		if (load->rest_us)
			usleep_range(load->rest_us / 2 +
				     get_random_u32_below(load->rest_us / 2 + 1),
				     load->rest_us + 50);
	}
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static int run(struct load *load)
{
	struct worker *workers;
	u32 i;
	int err = 0;

	workers = kcalloc(load->threads, sizeof(*workers), GFP_KERNEL);
	if (!workers)
		return -ENOMEM;
	load->end_ns = ktime_get_ns() + (u64)load->ms * NSEC_PER_MSEC;
	for (i = 0; i < load->threads; i++) {
		workers[i].load = load;
		workers[i].number = i;
		workers[i].task = kthread_run(work, &workers[i], "load/%u", i);
		if (IS_ERR(workers[i].task)) {
			err = PTR_ERR(workers[i].task);
			break;
		}
	}
	while (!err && ktime_get_ns() < load->end_ns &&
	       !(load->count && atomic_read(&load->begun) >= load->count + load->threads))
		msleep(20);
	while (i--)
		kthread_stop(workers[i].task);
	kfree(workers);
	return err;
}

/* -- Telling. ------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	u32 left = *(const u32 *)a, right = *(const u32 *)b;

	return left < right ? -1 : left > right;
}

static void tell(struct load *load, char *text)
{
	u32 count = min(atomic_read(&load->sampled), LOAD_SAMPLES_MAX);
	static const u32 percents[] = { 0, 50, 95, 99, 100 };
	size_t at = 0;
	u64 sum = 0;
	u32 i;

	sort(load->us, count, sizeof(*load->us), compare, NULL);
	for (i = 0; i < count; i++)
		sum += load->us[i];
	at += scnprintf(text + at, LOAD_TEXT_SIZE - at,
			"ok=%u foreign=%u value=%llu slowest_us=%u mean_us=%llu",
			count, atomic_read(&load->foreign), load->value,
			atomic_read(&load->slowest_us),
			count ? div_u64(sum, count) : 0);
	for (i = 0; count && i < ARRAY_SIZE(percents); i++)
		at += scnprintf(text + at, LOAD_TEXT_SIZE - at, " p%u_us=%u",
				percents[i],
				load->us[(u64)(count - 1) * percents[i] / 100]);
	for (i = 0; i < LOAD_ERRORS_MAX && atomic_read(&load->errors[i].err); i++)
		at += scnprintf(text + at, LOAD_TEXT_SIZE - at, " E%d=%u",
				-atomic_read(&load->errors[i].err),
				atomic_read(&load->errors[i].times));
	scnprintf(text + at, LOAD_TEXT_SIZE - at, "\n");
}

/* -- debugfs. ------------------------------------------------------------- */

static int parse(struct load *load, char *words)
{
	const struct {
		const char *format;
		u32 *value;
	} options[] = {
		{ "threads=%u", &load->threads }, { "ms=%u", &load->ms },
		{ "count=%u", &load->count }, { "rest_us=%u", &load->rest_us },
		{ "timeout_ms=%u", &load->timeout_ms },
		{ "class=%u", &load->class },
		{ "netfn=%x", &load->netfn }, { "cmd=%x", &load->cmd },
		{ "size=%u", &load->size }, { "expect=%u", &load->expect },
	};
	char *word;
	size_t i;

	while ((word = strsep(&words, " "))) {
		bool known = !*word || sscanf(word, "method=%63s", load->method) == 1;

		for (i = 0; i < ARRAY_SIZE(options); i++)
			known |= sscanf(word, options[i].format,
					options[i].value) == 1;
		if (!known)
			return -EINVAL;
	}
	return load->threads && load->threads <= THREADS_MAX ? 0 : -EINVAL;
}

static int measure(char *words, char *text)
{
	struct load load = {
		.threads = 1, .ms = 1000, .timeout_ms = 5000, .class = 2,
		.netfn = 0x30, .cmd = 0xee, .size = 16,
	};
	int err = parse(&load, words);

	if (err)
		return err;
	load.us = vmalloc(LOAD_SAMPLES_MAX * sizeof(*load.us));
	if (!load.us)
		return -ENOMEM;
	err = run(&load);
	if (!err)
		tell(&load, text);
	vfree(load.us);
	return err;
}

static const struct load_file run_file = { .answer = measure };

static int file_open(struct inode *inode, struct file *file)
{
	file->private_data = kzalloc(LOAD_TEXT_SIZE, GFP_KERNEL);
	return file->private_data ? 0 : -ENOMEM;
}

static int file_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t file_write(struct file *file, const char __user *from,
			  size_t size, loff_t *pos)
{
	const struct load_file *how = file_inode(file)->i_private;
	char *words;
	int err;

	if (size > 512)
		return -EINVAL;
	words = memdup_user_nul(from, size);
	if (IS_ERR(words))
		return PTR_ERR(words);
	err = how->answer(strim(words), file->private_data);
	kfree(words);
	*pos = 0;
	return err ? err : size;
}

static ssize_t file_read(struct file *file, char __user *to, size_t size,
			 loff_t *pos)
{
	char *text = file->private_data;

	return simple_read_from_buffer(to, size, pos, text, strlen(text));
}

static const struct file_operations file_fops = {
	.owner = THIS_MODULE,
	.open = file_open,
	.read = file_read,
	.write = file_write,
	.release = file_release,
};

/**
 * load_create() - make the file
 * @name: the folder in debugfs it lies in
 * @how: what to do once
 *
 * Return: 0.
 */
int load_create(const char *name, load_once how)
{
	once = how;
	folder = debugfs_create_dir(name, NULL);
	load_add("run", &run_file);
	return 0;
}

/**
 * load_add() - make another file beside it
 * @name: its name
 * @file: what it does
 */
void load_add(const char *name, const struct load_file *file)
{
	debugfs_create_file(name, 0600, folder, (void *)file, &file_fops);
}

/**
 * load_remove() - remove the files; nothing runs after return
 */
void load_remove(void)
{
	debugfs_remove(folder);
}
