// Devices, and what lies on them: the functions of jax that are about hardware.
#pragma once

#include <concepts>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "linum/core/pytree.h"
#include "linum/runtime/client.h"

namespace linum {

using runtime::DefaultDevice;
using runtime::Device;

// --- what there is ----------------------------------------------------------------------------

// The devices of all processes, and of this one. `platform` ("cpu", "cuda", ...): only of that one;
// throws ValueError where it is not the platform in use.
std::vector<Device*> devices(std::string_view platform = "");
std::vector<Device*> local_devices(std::string_view platform = "");
int device_count(std::string_view platform = "");
int local_device_count(std::string_view platform = "");
// "cpu", "cuda", "tpu": the platform in use.
std::string default_backend();

// Processes that run one program together; one, unless the plugin says otherwise.
int process_count();
int process_index();
std::vector<int> process_indices();
// JAX's old names of these.
inline int host_count() { return process_count(); }
inline int host_id() { return process_index(); }
inline std::vector<int> host_ids() { return process_indices(); }

// What a bug report should say: versions, plugin, devices, system, and the variables of the
// environment that begin with LINUM_ or XLA_.
std::string environment_info();
void print_environment_info();

// --- what lies where --------------------------------------------------------------------------

namespace detail {
// C++ values that are trees and no single array.
template <class T>
concept IsTree = std::same_as<T, Tree> || !std::convertible_to<T, Array>;
}  // namespace detail

// x in this device's own memory, committed to it: computations with it run there. Arrays of one
// computation that are committed to several devices are a ValueError; the others follow. Inside a
// transform: x.
Array device_put(const Array& x, Device& device);
// x on the default device, uncommitted; a host scalar becomes a device array.
Array device_put(const Array& x);
// The same of every array of a tree.
template <detail::IsTree T>
T device_put(const T& x, Device& device) {
  return from_tree<T>(tree::map([&](const Array& a) { return device_put(a, device); }, to_tree(x)));
}
template <detail::IsTree T>
T device_put(const T& x) {
  return from_tree<T>(tree::map([](const Array& a) { return device_put(a); }, to_tree(x)));
}

// Starts copying to the host; the next read of the array waits for that copy and takes it.
const Array& copy_to_host_async(const Array& x);
// The numbers; of a tree, those of its leaves, copied at the same time.
HostArray device_get(const Array& x);
std::vector<HostArray> device_get_leaves(const Tree& x);
template <detail::IsTree T>
std::vector<HostArray> device_get(const T& x) {
  return device_get_leaves(to_tree(x));
}
template <detail::IsTree T>
const T& copy_to_host_async(const T& x) {
  for (const Array& a : tree::leaves(to_tree(x))) copy_to_host_async(a);
  return x;
}

// Waits until the arrays are computed.
inline const Array& block_until_ready(const Array& x) { return x.block_until_ready(); }
template <detail::IsTree T>
const T& block_until_ready(const T& x) {
  for (const Array& a : tree::leaves(to_tree(x))) a.block_until_ready();
  return x;
}

}  // namespace linum
