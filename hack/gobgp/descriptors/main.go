// Command descriptors writes the API of the pinned GoBGP to standard output, as
// a binary google.protobuf.FileDescriptorSet, each file after those it imports.
// The tests hold Fairlead's own .proto against it.
package main

import (
	"fmt"
	"os"

	"github.com/osrg/gobgp/v4/api"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	set := &descriptorpb.FileDescriptorSet{}
	collect(api.File_api_gobgp_proto, map[string]bool{}, set)
	encoded, err := proto.Marshal(set)
	if err == nil {
		_, err = os.Stdout.Write(encoded)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "descriptors:", err)
		os.Exit(1)
	}
}

func collect(file protoreflect.FileDescriptor, seen map[string]bool, set *descriptorpb.FileDescriptorSet) {
	if seen[file.Path()] {
		return
	}
	seen[file.Path()] = true
	for i := range file.Imports().Len() {
		collect(file.Imports().Get(i), seen, set)
	}
	set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
}
