/*
 * The native kernels for Node (Node-API 8: Node 20 and Electron 33 have 9). Exports
 *   kernels: names of the kernels this processor can run, the fastest first
 *   scan(kernel, prepared, first, count, limit): offset of the first nonce that is low enough, or -1
 * `kernel` is an index of `kernels`, `prepared` an Int32Array of 25 words; see scan.h for the others.
 */
#define NAPI_VERSION 8
#include <node_api.h>

#include "cpu.h"
#include "scan.h"

typedef struct {
  const char *name;
  scan_function *scan;
} kernel;

enum { MOST_KERNELS = 4, ARGUMENTS = 5 };

static const double NONCES = 4294967296.0;

/* Fills `list` with the kernels that run here, and tells how many. */
static uint32_t usable_kernels(kernel list[MOST_KERNELS]) {
  uint32_t count = 0;
#if defined(__x86_64__)
  if (cpu_has_avx512()) list[count++] = (kernel){"AVX-512", scan_avx512};
  if (cpu_has_sha_ni()) list[count++] = (kernel){"SHA-NI", scan_sha_ni};
  if (cpu_has_avx2()) list[count++] = (kernel){"AVX2", scan_avx2};
#endif
  list[count++] = (kernel){"plain C", scan_plain};
  return count;
}

static napi_value refuse(napi_env env, const char *message) {
  napi_throw_range_error(env, NULL, message);
  return NULL;
}

static napi_value scan(napi_env env, napi_callback_info info) {
  napi_value arguments[ARGUMENTS];
  size_t given = ARGUMENTS;
  if (napi_get_cb_info(env, info, &given, arguments, NULL, NULL) != napi_ok || given != ARGUMENTS)
    return refuse(env, "scan takes five arguments");

  uint32_t index;
  double first, count, limit;
  if (napi_get_value_uint32(env, arguments[0], &index) != napi_ok ||
      napi_get_value_double(env, arguments[2], &first) != napi_ok ||
      napi_get_value_double(env, arguments[3], &count) != napi_ok ||
      napi_get_value_double(env, arguments[4], &limit) != napi_ok)
    return refuse(env, "scan takes numbers but for the header");
  kernel list[MOST_KERNELS];
  if (index >= usable_kernels(list)) return refuse(env, "there is no such kernel");
  if (!(first >= 0 && count >= 0 && first + count <= NONCES)) return refuse(env, "a header has 2^32 nonces");
  if (!(limit >= 0 && limit < NONCES)) return refuse(env, "a limit has 32 bits");

  bool is_array = false;
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_is_typedarray(env, arguments[1], &is_array) != napi_ok || !is_array ||
      napi_get_typedarray_info(env, arguments[1], &type, &length, &data, NULL, NULL) != napi_ok ||
      type != napi_int32_array || length != PREPARED_WORDS)
    return refuse(env, "a header is an Int32Array of 25 words");

  napi_value result;
  int64_t offset = list[index].scan((const uint32_t *)data, (uint32_t)first, (uint64_t)count, (uint32_t)limit);
  return napi_create_double(env, (double)offset, &result) == napi_ok ? result : NULL;
}

static napi_value kernel_names(napi_env env) {
  kernel list[MOST_KERNELS];
  uint32_t count = usable_kernels(list);
  napi_value names;
  if (napi_create_array_with_length(env, count, &names) != napi_ok) return NULL;
  for (uint32_t i = 0; i < count; i++) {
    napi_value name;
    if (napi_create_string_utf8(env, list[i].name, NAPI_AUTO_LENGTH, &name) != napi_ok ||
        napi_set_element(env, names, i, name) != napi_ok)
      return NULL;
  }
  return names;
}

NAPI_MODULE_INIT() {
  napi_value names = kernel_names(env);
  napi_value function;
  if (names == NULL || napi_set_named_property(env, exports, "kernels", names) != napi_ok ||
      napi_create_function(env, "scan", NAPI_AUTO_LENGTH, scan, NULL, &function) != napi_ok ||
      napi_set_named_property(env, exports, "scan", function) != napi_ok)
    return NULL;
  return exports;
}
