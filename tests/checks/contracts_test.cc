// The contracts, read from the .proto files themselves: every method has a policy that lets somebody in,
// the table of policies is the one in the repository, and everything has a comment.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/auth/policy.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "plenary/policy/v1/policy.pb.h"

namespace plenary {
namespace {

namespace fs = std::filesystem;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::SourceLocation;

class Contracts : public ::testing::Test {
 protected:
  Contracts() {
    std::ifstream file(CONTRACTS_DESCRIPTOR_SET, std::ios::binary);
    google::protobuf::FileDescriptorSet set;
    if (!set.ParseFromIstream(&file)) ADD_FAILURE() << "cannot read " << CONTRACTS_DESCRIPTOR_SET;
    // Imports stand before the files that import them.
    for (const auto& proto : set.file()) {
      const FileDescriptor* built = pool_.BuildFile(proto);
      if (built == nullptr) ADD_FAILURE() << "cannot build " << proto.name();
      if (built != nullptr && proto.package().rfind("plenary.", 0) == 0) files_.push_back(built);
    }
  }

  // Options of another pool know the generated extension only after a round trip.
  static policy::v1::Policy PolicyOf(const MethodDescriptor& method) {
    google::protobuf::MethodOptions options;
    EXPECT_TRUE(options.ParseFromString(method.options().SerializeAsString()));
    return options.GetExtension(policy::v1::policy);
  }

  template <typename Visit>
  void EachMethod(Visit visit) const {
    for (const FileDescriptor* file : files_) {
      for (int s = 0; s < file->service_count(); ++s) {
        for (int m = 0; m < file->service(s)->method_count(); ++m) visit(*file->service(s)->method(m));
      }
    }
  }

  google::protobuf::DescriptorPool pool_;
  std::vector<const FileDescriptor*> files_;
};

bool LetsSomebodyIn(const policy::v1::Policy& policy) {
  return policy.public_() || policy.anonymous_only() || policy.signed_in() || policy.roles_size() > 0 ||
         policy.services_size() > 0 || !policy.self().empty() || !policy.relation().empty();
}

TEST_F(Contracts, EveryMethodHasAPolicyThatLetsSomebodyIn) {
  int methods = 0;
  EachMethod([&](const MethodDescriptor& method) {
    ++methods;
    EXPECT_TRUE(LetsSomebodyIn(PolicyOf(method))) << method.full_name();
  });
  EXPECT_GE(methods, 50);
}

TEST_F(Contracts, ASelfPathNamesATextFieldOfTheRequest) {
  EachMethod([&](const MethodDescriptor& method) {
    const policy::v1::Policy policy = PolicyOf(method);
    if (policy.self().empty()) return;
    EXPECT_FALSE(method.client_streaming()) << method.full_name();
    EXPECT_NE(auth::FindTextField(*method.input_type(), policy.self()), nullptr) << method.full_name();
  });
}

TEST_F(Contracts, AnAnonymousMethodHasNoOtherWayIn) {
  EachMethod([&](const MethodDescriptor& method) {
    policy::v1::Policy policy = PolicyOf(method);
    if (!policy.anonymous_only()) return;
    policy.clear_anonymous_only();
    EXPECT_FALSE(LetsSomebodyIn(policy)) << method.full_name();
  });
}

TEST_F(Contracts, RolesAndServicesAreOnesThatExist) {
  // The auditor signs in at a registrar of their own.
  const std::set<std::string> roles = {"staff", "member", "representative", "auditor"};
  const std::set<std::string> services = {"membership", "committee", "ethics", "election"};
  EachMethod([&](const MethodDescriptor& method) {
    const policy::v1::Policy policy = PolicyOf(method);
    for (const std::string& role : policy.roles())
      EXPECT_TRUE(roles.count(role)) << method.full_name() << " " << role;
    for (const std::string& name : policy.services())
      EXPECT_TRUE(services.count(name)) << method.full_name() << " " << name;
  });
}

// A change of who may do what is a line of a diff that a reviewer sees.
TEST_F(Contracts, ThePoliciesAreThoseOfTheTable) {
  std::set<std::string> lines;
  EachMethod([&](const MethodDescriptor& method) {
    lines.insert(method.service()->full_name() + "/" + method.name() + ": " +
                 auth::DescribePolicy(PolicyOf(method)));
  });
  std::string actual;
  for (const std::string& line : lines) actual += line + "\n";
  const fs::path path = fs::path(std::getenv("PLENARY_SOURCE_DIR")) / "tests" / "checks" / "policies.txt";
  std::ifstream file(path);
  std::stringstream expected;
  expected << file.rdbuf();
  if (expected.str() == actual) return;
  const fs::path proposal = fs::path(std::getenv("PLENARY_BUILD_DIR")) / "policies.txt";
  std::ofstream(proposal) << actual;
  FAIL() << "Who may call what has changed. Compare " << path << " with " << proposal
         << ", and copy it when it is meant.";
}

class Comments : public Contracts {
 protected:
  template <typename Element>
  void Expect(const Element& element) const {
    SourceLocation location;
    ASSERT_TRUE(element.GetSourceLocation(&location)) << element.full_name();
    EXPECT_GT(location.leading_comments.size(), 3u) << element.full_name() << " has no comment";
  }
  void ExpectAll(const EnumDescriptor& type) const {
    Expect(type);
    for (int i = 0; i < type.value_count(); ++i) Expect(*type.value(i));
  }
  void ExpectAll(const Descriptor& message) const {
    if (message.options().map_entry()) return;  // made of a map field, which has the comment
    Expect(message);
    for (int i = 0; i < message.field_count(); ++i) Expect(*message.field(i));
    for (int i = 0; i < message.enum_type_count(); ++i) ExpectAll(*message.enum_type(i));
    for (int i = 0; i < message.nested_type_count(); ++i) ExpectAll(*message.nested_type(i));
  }
};

TEST_F(Comments, StandAtEveryServiceMethodMessageFieldAndValue) {
  ASSERT_GE(files_.size(), 14u);
  for (const FileDescriptor* file : files_) {
    for (int i = 0; i < file->message_type_count(); ++i) ExpectAll(*file->message_type(i));
    for (int i = 0; i < file->enum_type_count(); ++i) ExpectAll(*file->enum_type(i));
    for (int i = 0; i < file->service_count(); ++i) Expect(*file->service(i));
  }
  EachMethod([&](const MethodDescriptor& method) { Expect(method); });
}

TEST_F(Contracts, NoMessageStandsWithoutAMethodThatUsesIt) {
  std::set<const Descriptor*> used;
  const auto use = [&](const auto& self, const Descriptor* message) -> void {
    if (!used.insert(message).second) return;
    for (int i = 0; i < message->field_count(); ++i) {
      if (const Descriptor* type = message->field(i)->message_type(); type != nullptr) self(self, type);
    }
  };
  EachMethod([&](const MethodDescriptor& method) {
    use(use, method.input_type());
    use(use, method.output_type());
  });
  // Travels as bytes, so that its hash is of what was published.
  const std::set<std::string> as_bytes = {"plenary.election.v1.Manifest", "plenary.policy.v1.Policy"};
  for (const FileDescriptor* file : files_) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* message = file->message_type(i);
      EXPECT_TRUE(used.count(message) || as_bytes.count(message->full_name())) << message->full_name();
    }
  }
}

}  // namespace
}  // namespace plenary
