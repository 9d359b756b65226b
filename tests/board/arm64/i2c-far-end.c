// An I2C adapter whose chips are answered for by whoever holds /dev/i2c-far-end.
//
// i2c-stub of the kernel knows SMBus only; a PN532 and an SHT31 want plain messages. A read of the device gives one
// transfer: its number, address, bytes written, bytes wanted (four u16 of this machine), then the written bytes. A
// write answers it: an s32 (0, or an errno as a negative number), its number (u16), then the bytes wanted. The
// number keeps an answer that comes too late from being taken for the next one's.
#include <linux/completion.h>
#include <linux/i2c.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define LONGEST 8192

struct question {
  u16 number, address, written, wanted;
  u8 bytes[LONGEST];
};

struct answer {
  s32 status;
  u16 number;
  u8 bytes[LONGEST];
} __packed;

#define ANSWER_HEAD offsetof(struct answer, bytes)

static struct question question;
static struct answer answer;
/** What is being written; it becomes the answer only if it is one. */
static struct answer offered;
static bool asked;
static bool opened;
static DECLARE_WAIT_QUEUE_HEAD(question_queue);
static DECLARE_COMPLETION(answered);
static DEFINE_MUTEX(state);

static int ask(u16 address, struct i2c_msg *out, struct i2c_msg *in) {
  int status;

  if ((out && out->len > LONGEST) || (in && in->len > LONGEST)) return -EOPNOTSUPP;
  mutex_lock(&state);
  if (!opened) {
    mutex_unlock(&state);
    return -ENXIO;
  }
  question.number++;
  question.address = address;
  question.written = out ? out->len : 0;
  question.wanted = in ? in->len : 0;
  if (out) memcpy(question.bytes, out->buf, out->len);
  reinit_completion(&answered);
  asked = true;
  mutex_unlock(&state);
  wake_up_interruptible(&question_queue);
  // The adapter's own time-out, as a chip that holds the clock line low would run into.
  if (!wait_for_completion_timeout(&answered, HZ)) status = -ETIMEDOUT;
  else status = answer.status;
  mutex_lock(&state);
  asked = false;
  if (status == 0 && in) memcpy(in->buf, answer.bytes, in->len);
  mutex_unlock(&state);
  return status;
}

static int transfer(struct i2c_adapter *adapter, struct i2c_msg *messages, int count) {
  int at = 0;

  while (at < count) {
    struct i2c_msg *first = &messages[at];
    struct i2c_msg *second = at + 1 < count ? &messages[at + 1] : NULL;
    bool combined = second && !(first->flags & I2C_M_RD) && (second->flags & I2C_M_RD) && second->addr == first->addr;
    int status;

    if (combined) status = ask(first->addr, first, second);
    else if (first->flags & I2C_M_RD) status = ask(first->addr, NULL, first);
    else status = ask(first->addr, first, NULL);
    if (status < 0) return status;
    at += combined ? 2 : 1;
  }
  return count;
}

static u32 functionality(struct i2c_adapter *adapter) {
  return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = {.master_xfer = transfer, .functionality = functionality};
static struct i2c_adapter adapter = {
    .owner = THIS_MODULE, .algo = &algorithm, .name = "far end", .nr = 1, .retries = 0};

static int far_open(struct inode *inode, struct file *file) {
  int status = 0;

  mutex_lock(&state);
  if (opened) status = -EBUSY;
  opened = true;
  mutex_unlock(&state);
  return status;
}

static int far_release(struct inode *inode, struct file *file) {
  mutex_lock(&state);
  opened = false;
  mutex_unlock(&state);
  return 0;
}

static ssize_t far_read(struct file *file, char __user *to, size_t length, loff_t *at) {
  size_t bytes;

  if (wait_event_interruptible(question_queue, asked)) return -ERESTARTSYS;
  mutex_lock(&state);
  bytes = offsetof(struct question, bytes) + question.written;
  asked = false;
  if (length < bytes || copy_to_user(to, &question, bytes)) bytes = 0;
  mutex_unlock(&state);
  return bytes > 0 ? bytes : -EINVAL;
}

static ssize_t far_write(struct file *file, const char __user *from, size_t length, loff_t *at) {
  int status = 0;

  mutex_lock(&state);
  if (length < ANSWER_HEAD || length > sizeof(offered) || copy_from_user(&offered, from, length)) status = -EINVAL;
  else if (offered.status > 0) status = -EINVAL;
  else if (offered.number != question.number || completion_done(&answered)) status = -ESTALE;
  else if (offered.status == 0 && length != ANSWER_HEAD + question.wanted) status = -EMSGSIZE;
  else memcpy(&answer, &offered, length);
  mutex_unlock(&state);
  if (status < 0) return status;
  complete(&answered);
  return length;
}

static const struct file_operations far_files = {
    .owner = THIS_MODULE, .open = far_open, .release = far_release, .read = far_read, .write = far_write};
static struct miscdevice far_device = {.minor = MISC_DYNAMIC_MINOR, .name = "i2c-far-end", .fops = &far_files};
static struct platform_device *parent;

static int __init start(void) {
  int status;

  parent = platform_device_register_simple("i2c-far-end", -1, NULL, 0);
  if (IS_ERR(parent)) return PTR_ERR(parent);
  adapter.dev.parent = &parent->dev;
  status = i2c_add_numbered_adapter(&adapter);
  if (status < 0) goto no_adapter;
  status = misc_register(&far_device);
  if (status == 0) return 0;
  i2c_del_adapter(&adapter);
no_adapter:
  platform_device_unregister(parent);
  return status;
}

static void __exit stop(void) {
  misc_deregister(&far_device);
  i2c_del_adapter(&adapter);
  platform_device_unregister(parent);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("I2C adapter with a far end in user space, for the emulated board");
